/**
 * Where the project's own code reaches past the environment: a clock, a timer or a source of randomness taken from the
 * globals or from Node. The guard catches that in anyone's code while it runs; in ours it must not even be written.
 */
import ts from 'typescript';
import type { Sources } from './sources.js';

/** What stands on the border: the real environment, its locks and its writing, the guard in its place, and the driver, which turns the real loop. */
const BORDER = [
  'src/real-environment.ts',
  // The real locks. Their names and records are plain, and are used in a life, too.
  'src/locks/guard.ts',
  'src/locks/processes.ts',
  'src/locks/sockets.ts',
  'src/locks/system-locks.ts',
  'src/blocking-writes.ts',
  'sim/guard/',
  'sim/life/drive.ts',
  'sim/util/stopwatch.ts',
];

const GLOBALS = new Set([
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'crypto',
  'fetch',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

const MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'process.hrtime',
  'process.nextTick',
  'process.pid',
  'process.uptime',
]);

/** Modules that give time, randomness, or a machine; whole, or by name where the rest of the module is pure. */
const MODULES: ReadonlyMap<string, readonly string[] | 'all'> = new Map<string, readonly string[] | 'all'>([
  ['node:child_process', 'all'],
  [
    'node:crypto',
    ['getRandomValues', 'randomBytes', 'randomFillSync', 'randomInt', 'randomUUID', 'webcrypto'],
  ],
  ['node:os', 'all'],
  ['node:perf_hooks', 'all'],
  ['node:timers', 'all'],
  ['node:timers/promises', 'all'],
  ['node:worker_threads', 'all'],
]);

const isTaken = (node: ts.Node): string | undefined => {
  if (ts.isPropertyAccessExpression(node)) {
    const owner = node.expression.getText();
    const member = node.name.text;
    if (owner === 'globalThis') return GLOBALS.has(member) ? member : undefined;
    const name = `${owner.replace(/^globalThis\./, '')}.${member}`;
    return MEMBERS.has(name) ? name : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
    return 'new Date()';
  }
  if (!ts.isIdentifier(node) || !GLOBALS.has(node.text)) return undefined;
  const { parent } = node;
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isTypeQueryNode(parent);
  return isName ? undefined : node.text;
};

const imported = (node: ts.Node): readonly string[] => {
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return [];
  const clause = node.importClause;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const module = node.moduleSpecifier.text;
  const forbidden = MODULES.get(module);
  if (forbidden === undefined) return [];
  const bindings = clause?.namedBindings;
  if (forbidden === 'all' || bindings === undefined || !ts.isNamedImports(bindings)) return [module];
  return bindings.elements
    .map((element) => (element.propertyName ?? element.name).text)
    .filter((name) => forbidden.includes(name))
    .map((name) => `${name} of ${module}`);
};

/** Tests, and what only they import. */
const isForTests = (path: string): boolean => /[.-]test\.ts$|\/testing\//.test(path);

/** Uses of uncontrolled time, timers, randomness or machinery, as 'file:line uses what'. Tests are left out. */
export const uncontrolled = (sources: Sources): readonly string[] => {
  const found: string[] = [];
  for (const [path, text] of sources) {
    if (isForTests(path) || BORDER.some((border) => path.startsWith(border))) continue;
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      for (const what of [isTaken(node) ?? [], imported(node)].flat()) {
        found.push(`${path}:${line} uses ${what}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
};
