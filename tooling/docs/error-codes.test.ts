/** docs/troubleshooting.md has an entry for each code of `PowercutErrorCode`, and for no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ROOT, readSources } from '../sources.js';

/** The literals in the declarations `…ErrorCode` and `…_ERROR_CODES` of files that add to `PowercutErrorCodes`. */
const codes = (): readonly string[] => {
  const found: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.push(node.text);
    ts.forEachChild(node, collect);
  };
  for (const [path, text] of readSources()) {
    if (!text.includes('interface PowercutErrorCodes {')) continue;
    const visit = (node: ts.Node): void => {
      const isUnion = ts.isTypeAliasDeclaration(node) && node.name.text.endsWith('ErrorCode');
      const isList =
        ts.isVariableDeclaration(node) &&
        ts.isIdentifier(node.name) &&
        node.name.text.endsWith('_ERROR_CODES');
      if (isUnion || isList) collect(node);
      else ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  }
  return found.sort();
};

it('docs/troubleshooting.md has an entry for each error code', () => {
  const page = readFileSync(join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');
  const entries = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code = '']) => code);
  expect(codes().length).toBeGreaterThan(70);
  expect(entries.sort()).toEqual(codes());
});
