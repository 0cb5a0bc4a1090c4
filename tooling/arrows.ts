/**
 * The arrows between the rooms: who may import whom. They point one way, so that each room can be read, tested and
 * replaced without those above it; above all, `src` never knows that it is being simulated.
 */
import { posix } from 'node:path';
import ts from 'typescript';
import type { Sources } from './sources.js';

/** What a file under `from` may import: any file under `values`, types only from files under `types`. */
interface Arrow {
  readonly from: string;
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** Each file keeps to the first arrow whose `from` it lies under. A room may always import itself. */
const ARROWS: readonly Arrow[] = [
  { from: 'src/', values: [], types: [] },
  { from: 'sim/', values: ['src/powercut-error.ts', 'src/json-copy.ts'], types: ['src/environment.ts'] },
  { from: 'sqlite/', values: ['sim/process/', 'sim/util/'], types: [] },
  { from: 'properties/', values: ['sim/', 'src/'], types: [] },
  {
    from: 'reports/',
    values: ['sim/result/', 'sim/util/', 'src/powercut-error.ts'],
    types: ['sim/suite/suite.ts', 'sim/explore/options.ts'],
  },
  { from: 'cli/', values: ['reports/', 'properties/', 'sim/', 'src/'], types: [] },
  { from: 'exports/', values: ['cli/', 'reports/', 'properties/', 'sqlite/', 'sim/', 'src/'], types: [] },
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  /** By `import()`: only when that line is reached. */
  readonly isDynamic: boolean;
}

const isTypeOnly = (statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  return clause !== undefined && clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
};

/** The relative imports of one file, dynamic ones included, each resolved to the source file it names. */
const importsOf = (path: string, text: string): readonly Import[] => {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, isDynamic = false): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    if (!specifier.text.startsWith('.')) return;
    const to = posix.join(posix.dirname(path), specifier.text).replace(/\.js$/, '.ts');
    imports.push({ from: path, to, typeOnly, isDynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnly(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return imports;
};

/** The relative imports of each file, by its path. */
export type Imports = ReadonlyMap<string, readonly Import[]>;

/** Parses every file once: some seconds for the whole project. */
export const importsIn = (sources: Sources): Imports =>
  new Map([...sources].map(([path, text]) => [path, importsOf(path, text)]));

/** Imports that go against an arrow, one sentence each. */
export const againstTheArrows = (imports: Imports): readonly string[] => {
  const wrong: string[] = [];
  for (const [path, own] of imports) {
    const arrow = ARROWS.find(({ from }) => path.startsWith(from));
    if (arrow === undefined) continue;
    const allowed = [arrow.from, ...arrow.values];
    for (const { to, typeOnly } of own) {
      const under = (prefix: string): boolean => to.startsWith(prefix);
      if (allowed.some(under)) continue;
      if (!arrow.types.some(under)) wrong.push(`${path} must not import ${to}`);
      else if (!typeOnly) wrong.push(`${path} may import types only from ${to}`);
    }
  }
  return wrong;
};

/** Files that tests alone use: they may import from anywhere in their own room. */
const FOR_TESTS = /[.-](test|browser-test|viewer-test|long-test)\.ts$|\/(testing|fixtures)\//;

/** What stands in one folder: for each of its files and folders, those beside it that it imports from. */
type Neighbours = Map<string, Set<string>>;

const add = (folders: Map<string, Neighbours>, from: string, to: string): void => {
  const [a, b] = [from.split('/'), to.split('/')];
  const depth = a.findIndex((name, index) => name !== b[index]);
  const [left, right] = [a.slice(0, depth + 1).join('/'), b.slice(0, depth + 1).join('/')];
  const folder = a.slice(0, depth).join('/');
  const neighbours = folders.get(folder) ?? new Map<string, Set<string>>();
  folders.set(folder, neighbours);
  neighbours.set(left, (neighbours.get(left) ?? new Set()).add(right));
};

/** The first circle among neighbours, as the path that leads back to its beginning. */
const circleAmong = (neighbours: Neighbours): readonly string[] | undefined => {
  const done = new Set<string>();
  const visit = (at: string, trail: readonly string[]): readonly string[] | undefined => {
    const start = trail.indexOf(at);
    if (start >= 0) return [...trail.slice(start), at];
    if (done.has(at)) return undefined;
    for (const next of neighbours.get(at) ?? []) {
      const circle = visit(next, [...trail, at]);
      if (circle !== undefined) return circle;
    }
    done.add(at);
    return undefined;
  };
  for (const at of neighbours.keys()) {
    const circle = visit(at, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
};

/**
 * Circles of imports, type imports included, one for each folder that has any. A room is an entry of a folder: a file, or
 * a folder with its contents. So arrows point one way in each folder, and not only between files.
 */
export const circles = (imports: Imports): readonly string[] => {
  const folders = new Map<string, Neighbours>();
  for (const [path, own] of imports) {
    if (FOR_TESTS.test(path)) continue;
    for (const { to } of own) if (to !== path && imports.has(to)) add(folders, path, to);
  }
  return [...folders.values()].flatMap((neighbours) => circleAmong(neighbours)?.join(' -> ') ?? []);
};

const closure = (
  imports: Imports,
  path: string,
  isFollowed: (one: Import) => boolean,
): ReadonlySet<string> => {
  const found = new Set<string>([path]);
  for (const at of found) {
    for (const one of imports.get(at) ?? []) if (isFollowed(one)) found.add(one.to);
  }
  return found;
};

/** Everything that `path` may ever bring with it when it is imported, itself included; types aside. */
export const reachable = (imports: Imports, path: string): ReadonlySet<string> =>
  closure(imports, path, ({ typeOnly }) => !typeOnly);

/** Everything that is loaded before the first line of `path` runs, itself included. */
export const loadedWith = (imports: Imports, path: string): ReadonlySet<string> =>
  closure(imports, path, ({ typeOnly, isDynamic }) => !typeOnly && !isDynamic);
