/** Finds tests whose name does not begin with what they test: a function, a command, a file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, type Sources } from '../sources.js';

const TEST_FILE = /[.-](test|browser-test|viewer-test|long-test|packages-test)\.ts$/;
const DECLARE = new Set(['describe', 'test', 'it']);
/** Commands, and names of the platform that the guard and the simulated disk serve. */
const KNOWN = /^(powercut(-store)?|npm|node:fs|fs\.\w+|import\(\)|AbortSignal|FileHandle)$/;

export interface TestName {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly name: string;
}

/** 'describe' of `describe.each(table)`, `test.skipIf(condition)` and the like. */
const calledName = (expression: ts.Expression): string | undefined => {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return calledName(expression.expression);
  return ts.isCallExpression(expression) ? calledName(expression.expression) : undefined;
};

/** The names of the tests and groups at the top level of a file. */
export const testNamesIn = (path: string, text: string): readonly TestName[] => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const found: TestName[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node) && DECLARE.has(calledName(node.expression) ?? '')) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) {
        const { line } = file.getLineAndCharacterOfPosition(title.getStart(file));
        found.push({ path, line: line + 1, name: title.text });
        return;
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** The names that sources export. */
const exportedIn = (sources: Sources): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const [path, text] of sources)
    if (!TEST_FILE.test(path))
      for (const [, name] of text.matchAll(
        /^export (?:default |abstract |async )?(?:const|class|function\*?|interface|type) (\w+)/gm,
      ))
        if (name !== undefined) names.add(name);
  return names;
};

/** Whether `word` leads a reader to the source: an exported name, a method of the store, a command, or a file of the project. */
const isGreppable = (word: string, exported: ReadonlySet<string>, sources: readonly string[]): boolean =>
  exported.has(word) ||
  KNOWN.test(word) ||
  (/^\w+$/.test(word) &&
    sources.some((text) => text.includes(`  ${word}(`) || text.includes(`  ${word}<`))) ||
  (/[./]/.test(word) && existsSync(join(ROOT, word)));

/** Test names that do not begin with a greppable name, in the order of the files. */
export const ungreppable = (sources: Sources): readonly TestName[] => {
  const exported = exportedIn(sources);
  const texts = [...sources].filter(([path]) => !TEST_FILE.test(path)).map(([, text]) => text);
  return [...sources]
    .filter(([path]) => TEST_FILE.test(path))
    .flatMap(([path, text]) => testNamesIn(path, text))
    .filter(({ name }) => {
      const [word = ''] = name.split(/[:,]?\s|[:,]$/, 1);
      return !isGreppable(word, exported, texts);
    });
};
