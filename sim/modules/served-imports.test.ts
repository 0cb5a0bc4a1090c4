import { describe, expect, it } from 'vitest';
import { rewriteDynamicImports, withImportsServed } from './served-imports.js';

/** What is rewritten, with the function's name as 'IMPORT'. */
const rewritten = (code: string): string | undefined => {
  const result = rewriteDynamicImports(code);
  return result?.code.replaceAll(result.name, 'IMPORT');
};

describe('rewriteDynamicImports', () => {
  it.each([
    ['await import("a")', 'await IMPORT("a")'],
    ['f(import /* from b.c */ ("a", { with: {} }))', 'f(IMPORT /* from b.c */ ("a", { with: {} }))'],
    ['import("a" + (await import("b")).c)', 'IMPORT("a" + (await IMPORT("b")).c)'],
    [
      `exports.x = () => \`\${import("a")} import("b")\``,
      `exports.x = () => \`\${IMPORT("a")} import("b")\``,
    ],
    ['import x from "x"; export const y = import(x)', 'import x from "x"; export const y = IMPORT(x)'],
  ])('leads %s to a function', (code, expected) => {
    expect(rewritten(code)).toBe(expected);
  });

  it.each([
    'import x from "x"; import.meta.resolve("y")',
    'const o = { import() {} }; o.import("a"); class A { async import(a) {} }',
    '"import(1)"; // import("a")',
    'import.source("a"); import.defer("b")',
    'import("a"',
    'let x = 1;',
  ])('leaves %s as it is', (code) => {
    expect(rewritten(code)).toBeUndefined();
    expect(withImportsServed(code)).toBe(code);
  });

  it('moves no character, and takes a name that the code does not have', () => {
    const code = 'let impo$$ = 1;\nimport("a"); impo$$ += 1;';
    const result = rewriteDynamicImports(code);
    expect(result?.code).toHaveLength(code.length);
    expect(result?.name).toHaveLength('import'.length);
    expect(code).not.toContain(result?.name);
    expect(withImportsServed(code).startsWith(result?.code ?? 'nothing')).toBe(true);
  });

  it('is what Node does where nobody serves it', async () => {
    const code = withImportsServed('export const sep = async () => (await import("node:path")).sep;');
    const { sep } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
    expect(await sep()).toBe('/');
  });
});
