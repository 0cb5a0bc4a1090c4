import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ModuleGraph } from './module-graph.js';

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

/** A directory with those files; a value that begins with '-> ' is a symbolic link. */
const project = (files: Files): string => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'powercut-modules-')));
  made.push(directory);
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(join(directory, text.slice(3)), path);
    else writeFileSync(path, text);
  }
  return directory;
};

const loaded = (directory: string, entry: string, graph = new ModuleGraph()): Record<string, unknown> =>
  graph.loadFrom({ filename: join(directory, entry), format: 'module' }, `./${entry}`) as Record<
    string,
    unknown
  >; // the entry exports by name

const MODULE = '{ "type": "module" }';

/** Programs whose `report` must be what Node makes of them. */
const PROGRAMS: Readonly<Record<string, readonly [entry: string, files: Files]>> = {
  'live bindings and default exports': [
    'main.js',
    {
      'package.json': MODULE,
      'main.js': `import count, { increment, total } from './count.js';
        import * as all from './count.js';
        const before = [count, total, all.total];
        increment();
        export const report = [before, count, total, all.total, Object.keys(all), typeof this];`,
      'count.js': `export let total = 1; export const increment = () => { total += 1; };
        let by = 7; export { by as default };`,
    },
  ],
  'CommonJS imported by default and by name': [
    'main.mjs',
    {
      'main.mjs': `import whole, { a } from './babel.cjs';
        import * as all from './babel.cjs';
        import plain from './plain.cjs';
        import data from './data.json' with { type: 'json' };
        export const report = [whole, a, Object.keys(all).filter((name) => !['__esModule', 'module.exports'].includes(name)).sort(), plain(), data.x];`,
      'babel.cjs':
        'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "inner"; exports.a = 1;',
      'plain.cjs': 'module.exports = () => "called";',
      'data.json': '{ "x": 5 }',
    },
  ],
  'a require that is called by new': [
    'main.cjs',
    {
      'main.cjs': 'exports.report = [new require("./double.cjs")(21), typeof require.prototype];',
      'double.cjs': 'module.exports = (number) => number * 2;',
    },
  ],
  'cycles of either kind': [
    'main.mjs',
    {
      'main.mjs': `import { odd } from './even.mjs'; import cjs from './a.cjs'; export const report = [odd(7), cjs];`,
      'even.mjs': `import { isOdd } from './odd.mjs'; export function even(n) { return n === 0 || isOdd(n - 1); } export const odd = isOdd;`,
      'odd.mjs': `import { even } from './even.mjs'; export function isOdd(n) { return n !== 0 && even(n - 1); }`,
      'a.cjs': 'exports.early = 1; exports.b = require("./b.cjs"); exports.late = 2;',
      'b.cjs': 'const a = require("./a.cjs"); module.exports = Object.keys(a);',
    },
  ],
  'export * without the default, and what is exported explicitly wins': [
    'main.mjs',
    {
      'main.mjs': `import * as all from './all.mjs'; export const report = [Object.keys(all).sort(), all.x, all.space.y];`,
      'all.mjs': `export * from './one.mjs'; export * as space from './one.mjs'; export const x = 'own'; export { y as 'a name' } from './one.mjs';`,
      'one.mjs': `export const x = 'starred'; export const y = 2; export default 3;`,
    },
  ],
  "packages' exports, imports and conditions": [
    'main.mjs',
    {
      'main.mjs': `import { kind } from 'dual'; import { kind as sub } from 'dual/deep/x'; import own from 'dual/own'; import scoped from '@scope/main';
        export const report = [kind, sub, own, scoped];`,
      'node_modules/dual/package.json': `{ "name": "dual", "exports": { ".": { "import": "./i.mjs", "require": "./r.cjs" },
        "./deep/*": "./lib/*.mjs", "./own": "./own.mjs", "./secret": null }, "imports": { "#inner": "./lib/x.mjs", "#dep": "@scope/main" } }`,
      'node_modules/dual/i.mjs': `export const kind = 'imported';`,
      'node_modules/dual/r.cjs': `exports.kind = 'required';`,
      'node_modules/dual/lib/x.mjs': `export const kind = 'deep';`,
      'node_modules/dual/own.mjs': `import { kind } from 'dual'; import { kind as inner } from '#inner'; import dep from '#dep';
        import { createRequire } from 'node:module'; export default [kind, inner, dep, createRequire(import.meta.url)('dual').kind];`,
      'node_modules/@scope/main/package.json': '{ "main": "lib" }',
      'node_modules/@scope/main/lib/index.js': 'module.exports = "main";',
    },
  ],
  'a package that is a symbolic link is where it leads to': [
    'main.mjs',
    {
      'main.mjs': `import linked from 'linked'; export const report = linked;`,
      'node_modules/linked': '-> workspace/linked',
      'workspace/linked/package.json': '{ "main": "index.js" }',
      'workspace/linked/index.js':
        'module.exports = require("beside") + __filename.split("/").slice(-3).join("/");',
      'workspace/node_modules/beside/index.js': 'module.exports = "beside ";',
    },
  ],
  'what CommonJS knows of itself': [
    'main.cjs',
    {
      'main.cjs': `const child = require('./child.cjs');
        exports.report = [child, module.children.map(({ id }) => id), typeof module.parent, require.resolve('./child.cjs'), require.resolve('fs'),
          Object.keys(require.cache).filter((name) => name.startsWith(__dirname)).length, module.paths.length > 1, module.loaded, this === exports, require('./child.cjs') === child,
          require.resolve.paths('x').length > 0, module instanceof require('module'), __dirname, typeof require.extensions['.js']];
        delete require.cache[require.resolve('./child.cjs')];
        exports.report.push(require('./child.cjs') === child);`,
      'child.cjs': `exports.parent = module.parent.filename; exports.asked = module.require('./other.cjs'); exports.isMain = require.main === module;`,
      'other.cjs': 'return void (module.exports = "early return"); exports.never = 1;',
    },
  ],
  'import() in either kind': [
    'main.mjs',
    {
      'main.mjs': `import later from './later.cjs';
        const name = './x.mjs';
        export const report = Promise.all([later(), import(name), import('node:path'), import('./missing.mjs').catch(({ message }) => message.startsWith('Cannot find'))])
          .then(([a, b, { sep }, missing]) => [a.default, a === b, b.count, sep, missing]);`,
      'later.cjs': `module.exports = () => import('./x.mjs');`,
      'x.mjs': `export default 'x'; export let count = 0; count += 1;`,
    },
  ],
  'import.meta, and names that CommonJS takes for itself': [
    'main.mjs',
    {
      'main.mjs': `import { createRequire } from 'node:module'; import { fileURLToPath } from 'node:url'; import { dirname } from 'node:path';
        const require = createRequire(import.meta.url); const __filename = fileURLToPath(import.meta.url); const __dirname = dirname(__filename);
        const module = 1, exports = 2;
        export const report = [import.meta.url, import.meta.filename, import.meta.dirname, import.meta.resolve('./x.cjs'), __filename, __dirname, require('./x.cjs'), module, exports];`,
      'x.cjs': 'module.exports = "x";',
    },
  ],
  'a module that throws is asked again each time': [
    'main.cjs',
    {
      'main.cjs': `const tries = [1, 2].map(() => { try { return require('./throws.cjs'); } catch (error) { return error.message; } }); exports.report = [tries, globalThis.tried]; delete globalThis.tried;`,
      'throws.cjs': 'globalThis.tried = (globalThis.tried ?? 0) + 1; throw new Error("as it does");',
    },
  ],
};

/** What Node itself makes of all of them, in one process. */
const inNode = (entries: readonly string[]): unknown => {
  const urls = entries.map((entry) => pathToFileURL(entry).href);
  const code = `const reports = [];
    for (const url of ${JSON.stringify(urls)}) reports.push(await (await import(url)).report);
    console.log(JSON.stringify(reports));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
  );
};

describe('ModuleGraph evaluates a program as Node does', () => {
  const directories = Object.values(PROGRAMS).map(([, files]) => project(files));
  const reports = inNode(
    Object.values(PROGRAMS).map(([entry], index) => join(directories[index] ?? '', entry)),
  );

  it.each(Object.keys(PROGRAMS).map((name, index) => [name, index] as const))('%s', async (name, index) => {
    const [entry = ''] = PROGRAMS[name] ?? [];
    const { report } = loaded(directories[index] ?? '', entry);
    expect(JSON.parse(JSON.stringify(await report))).toEqual(Object(reports)[index]);
  });
});

describe('ModuleGraph and TypeScript', () => {
  const TYPED: Files = {
    'package.json': MODULE,
    'main.ts': `import { type Named, one } from './one.js';
import two from './two.mjs';
import three = require('./three.cjs');
import four from './four.ts';
import { element } from './five.js';
import type { Nothing } from './no-such-file.js';

enum Colour { red = 'r' }
export const report: readonly unknown[] = [one, two, three.three, four, element, Colour.red, {} satisfies Nothing & Named];
export const fail = (
  first: string,
): never => {
  throw new Error(\`at
its place\${
    first
  }\`);
};`,
    'one.ts': 'export interface Named { name?: string }\nexport const one = 1;',
    'two.mts': 'export default 2;',
    'three.cts': 'export = { three: 3 };',
    'four.ts': 'const four: number = 4; export default four;',
    'five.tsx': `const h = (tag: string) => tag; /** @jsx h */ export const element = <b />;`,
  };

  it("loads each ending, './x.js' for x.ts, and nothing for types", () => {
    const { 'main.ts': main = '', ...rest } = TYPED;
    const directory = project({
      ...rest,
      'main.ts': main
        .replace('import three = require', 'import three from')
        .replace("('./three.cjs')", " './three.cjs'"),
    });
    expect(loaded(directory, 'main.ts').report).toEqual([1, 2, 3, 4, 'b', 'r', {}]);
  });

  it('of a package without a type is CommonJS, as the command line compiles it', () => {
    const directory = project({
      'main.ts': `import inner from './babel.cjs'; import only from 'only-import'; export const report = [inner, only, __filename.endsWith('main.ts'), typeof require, import.meta.url.startsWith('file:')];`,
      'babel.cjs': 'exports.__esModule = true; exports.default = "inner";',
      'node_modules/only-import/package.json': '{ "type": "module", "exports": { "import": "./x.js" } }',
      'node_modules/only-import/x.js': 'export default "only";',
    });
    expect(loaded(directory, 'main.ts').report).toEqual(['inner', 'only', true, 'function', true]);
  });

  it('keeps to the tsconfig.json beside it', () => {
    const directory = project({
      'tsconfig.json': '{ // with a comment\n "extends": "./base.json" }',
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'main.ts': `const seen: unknown[] = []; const note = (...all: unknown[]): void => void seen.push(all.length);
        class Noted { @note method(): void {} } export const report = [seen, typeof Noted];`,
    });
    expect(loaded(directory, 'main.ts').report).toEqual([[3], 'function']);
  });

  it('names the line and column of the source in stacks, without a source map', () => {
    const directory = project({
      'main.ts': `type A = {
  a: string;
};

export const fail = (
  reason: A,
): never => {
  const text = \`two
lines\`;
  if (text === reason.a)
    return undefined as never;
  throw new Error(text);
};
import { other } from './other.js';
export const call = () => other();
`,
      'other.ts': `\n\n\nexport const other = (): never => {\n  throw new Error('other');\n};\n`,
    });
    const { fail, call } = loaded(directory, 'main.ts');
    const placeOf = (act: unknown): string | undefined => {
      try {
        Reflect.apply(Object(act), undefined, [{ a: '' }]);
      } catch (error) {
        return /(\w+\.ts)[^:]*:(\d+:\d+)/
          .exec(String(Reflect.get(Object(error), 'stack')))
          ?.slice(1)
          .join(' ');
      }
      return undefined;
    };
    expect([placeOf(fail), placeOf(call)]).toEqual(['main.ts 12:9', 'other.ts 5:9']);
  });
});

describe('ModuleGraph: each graph has its own state', () => {
  const STATE: Files = {
    'package.json': MODULE,
    'main.ts': `import { createRequire } from 'node:module';
import packaged from 'counting';
import { count as typed } from './typed.js';
const common = createRequire(import.meta.url)('./common.cjs');
export const report = () => [packaged(), typed(), common(), import('./typed.js').then(({ count }) => count())];`,
    'typed.ts': 'let n = 0; export const count = (): number => ++n;',
    'common.cjs': 'let n = 0; module.exports = () => ++n;',
    'node_modules/counting/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/counting/index.js': 'let n = 0; export default () => ++n;',
  };

  it('of TypeScript, of packages, of CommonJS that it creates a require for, and of import()', async () => {
    const directory = project(STATE);
    const report = async (graph: ModuleGraph): Promise<unknown> => {
      const { report: count } = loaded(directory, 'main.ts', graph);
      return Promise.all(Reflect.apply(Object(count), undefined, []) as unknown[]); // a list of counts
    };
    const graph = new ModuleGraph();
    expect(await report(graph)).toEqual([1, 1, 1, 2]);
    expect(await report(graph)).toEqual([2, 3, 2, 4]);
    expect(await report(new ModuleGraph())).toEqual([1, 1, 1, 2]);
  });

  it('never gives a module of the process: what a program puts into its loader stays in its graph', () => {
    const directory = project({
      'main.cjs': `const Module = require('module'); const before = Module._load; Module._load = 'mine';
        exports.report = [Module._load, typeof before, new Module('x') instanceof Module, require('node:module')._load];`,
    });
    expect(loaded(directory, 'main.cjs').report).toEqual(['mine', 'function', true, 'mine']);
    expect(loaded(directory, 'main.cjs').report).toEqual(['mine', 'function', true, 'mine']);
  });
});

describe('ModuleGraph: the error of a module that does not load has its position', () => {
  it.each([
    [
      'a top-level await',
      'export const x = 1;\nawait x;',
      'FRESH_TOP_LEVEL_AWAIT',
      /main\.mjs:2:1 has a top-level await/,
    ],
    ['a syntax error', 'export const x = ;', 'FRESH_UNCOMPILABLE', /main\.mjs:1:\d+ can't be compiled/],
    [
      'a module that is not there',
      "import './no-such.mjs';",
      'MODULE_NOT_FOUND',
      /Cannot find '\.\/no-such\.mjs', imported from .*main\.mjs/,
    ],
    [
      'a package that is not there',
      "import 'no-such-package';",
      'MODULE_NOT_FOUND',
      /Cannot find 'no-such-package'/,
    ],
    ['a data URL', "import 'data:text/javascript,1';", 'FRESH_UNRESOLVABLE', /is no file/],
  ])('%s', (_name, source, code, message) => {
    const directory = project({ 'main.mjs': source });
    expect(() => loaded(directory, 'main.mjs')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
