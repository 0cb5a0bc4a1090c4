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
  { from: 'sim/', values: [], types: ['src/environment.ts'] },
  { from: 'properties/', values: ['sim/', 'src/'], types: [] },
  {
    from: 'reports/',
    values: ['sim/result/'],
    types: ['sim/suite/suite.ts', 'sim/explore/options.ts'],
  },
  { from: 'cli/', values: ['reports/', 'properties/', 'sim/', 'src/'], types: [] },
  { from: 'exports/', values: ['cli/', 'reports/', 'properties/', 'sim/', 'src/'], types: [] },
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const isTypeOnly = (statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  return clause !== undefined && clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
};

/** The relative imports of one file, dynamic ones included, each resolved to the source file it names. */
const importsOf = (path: string, text: string): readonly Import[] => {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    if (!specifier.text.startsWith('.')) return;
    const to = posix.join(posix.dirname(path), specifier.text).replace(/\.js$/, '.ts');
    imports.push({ from: path, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnly(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return imports;
};

/** Imports that go against an arrow, one sentence each. */
export const againstTheArrows = (sources: Sources): readonly string[] => {
  const wrong: string[] = [];
  for (const [path, text] of sources) {
    const arrow = ARROWS.find(({ from }) => path.startsWith(from));
    if (arrow === undefined) continue;
    const allowed = [arrow.from, ...arrow.values];
    for (const { to, typeOnly } of importsOf(path, text)) {
      const under = (prefix: string): boolean => to.startsWith(prefix);
      if (allowed.some(under)) continue;
      if (!arrow.types.some(under)) wrong.push(`${path} must not import ${to}`);
      else if (!typeOnly) wrong.push(`${path} may import types only from ${to}`);
    }
  }
  return wrong;
};

/** Circles of imports (types aside), each as the path that leads back to its beginning. */
export const circles = (sources: Sources): readonly string[] => {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(' -> '));
      return;
    }
    const text = sources.get(path);
    if (done.has(path) || text === undefined) return;
    for (const { to, typeOnly } of importsOf(path, text)) if (!typeOnly) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
};

/** Everything that `path` brings with it when it is imported, itself included; types aside. */
export const reachable = (sources: Sources, path: string): ReadonlySet<string> => {
  const found = new Set<string>([path]);
  for (const at of found) {
    for (const { to, typeOnly } of importsOf(at, sources.get(at) ?? '')) if (!typeOnly) found.add(to);
  }
  return found;
};
