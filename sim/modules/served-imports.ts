/**
 * `import()` in JavaScript that is about to be evaluated, led to a function: which module it gives in a simulated life is not
 * for Node's loader to say, which asks the real disk and other threads. Every other character stays in its place, so that
 * source maps hold.
 */
import { parse } from 'es-module-lexer/js';

/** What may stand where `import` stood: of its length. */
const MARKS = [...'$_0123456789'];
const NAMES: readonly string[] = MARKS.flatMap((one) => MARKS.map((other) => `impo${one}${other}`));

export interface Rewritten {
  readonly code: string;
  /** What `import` is called in it now: a function of a specifier and options. */
  readonly name: string;
}

/** The lexer's word for `import(`; `import.source(` and the like are left alone. */
const DYNAMIC = 2;
const MAY_IMPORT = /\bimport\b[^;'"]*?\(/;
const KEYWORD = 'import';

/** Undefined where the code has no `import()`, or can't be read as JavaScript. */
export const rewriteDynamicImports = (code: string): Rewritten | undefined => {
  if (!MAY_IMPORT.test(code)) return undefined;
  const starts = startsOf(code);
  const name = NAMES.find((candidate) => !code.includes(candidate));
  if (starts.length === 0 || name === undefined) return undefined;
  let rewritten = '';
  let end = 0;
  for (const start of starts) {
    rewritten += code.slice(end, start) + name;
    end = start + KEYWORD.length;
  }
  return { code: rewritten + code.slice(end), name };
};

/** Where each `import(` begins. */
const startsOf = (code: string): readonly number[] => {
  try {
    const [imports] = parse(code);
    return imports
      .filter(({ t }) => t === DYNAMIC)
      .map(({ ss }) => ss)
      .sort((a, b) => a - b);
  } catch {
    return []; // its evaluation reports the error
  }
};

/** Where the function that serves `import()` in a life is found by rewritten code, whichever copy of the simulator runs it. */
export const IMPORT_KEY = 'powercut.import';

/** Code whose `import()` goes by that function, where there is one. */
export const withImportsServed = (code: string): string => {
  const rewritten = rewriteDynamicImports(code);
  if (rewritten === undefined) return code;
  const { name } = rewritten;
  return `${rewritten.code}
function ${name}(id,options){const real=(id,options)=>options===undefined?import(id):import(id,options),serve=globalThis[Symbol.for(${JSON.stringify(IMPORT_KEY)})];return serve===undefined?real(id,options):serve(id,options,real)}
`;
};
