/** State at module level, as the command line meets it: in worker processes, with suites in files. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readResult } from '../reports/result/read-result.js';
import type { exploreInProcess } from '../sim/explore/campaign/explore-in-process.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import type { evaluateAnew } from '../sim/module-graph/fresh-module.js';
import type { SuiteResult } from '../sim/result/result.js';
import type { Suite } from '../sim/suite/suite.js';
import { COMPILATION_MS_MAX, type Compiled, compileCommand } from './testing/compiled.js';
import type { askNewProcess } from './workers/ask-new-process.js';

/** Four suites, each explored in one process and then checked in another. */
const FOUR_SUITES_MS_MAX = 240_000;

const PROGRAM = {
  module: `let total;
export const load = async ({ fs }) => (total ??= Number(await fs.readFile('/total', 'utf8').catch(() => '0')));
export const add = async (env) => { total = (await load(env)) + 1; await env.fs.writeFile('/total', String(total)); };
`,
  commonjs: `let total;
exports.load = async ({ fs }) => (total ??= Number(await fs.readFile('/total', 'utf8').catch(() => '0')));
exports.add = async (env) => { total = (await exports.load(env)) + 1; await env.fs.writeFile('/total', String(total)); };
`,
};

let command: Compiled;
let directory: string;

/** A suite over a program that is never synced. */
const suite = (name: string, imports: string, boot: string): string => `
import { createRequire } from 'node:module';
import { defineSuite, fc } from '${join(dirname(command.main), '../exports/index.js')}';
import { freshProgram } from '${join(dirname(command.main), '../exports/node-fs.js')}';
${imports}
const start = async (program, env) => { await program.load(env); return { program, env }; };
export default defineSuite({
  name: '${name}', expected: 'unsafe',
  boot: ${boot},
  commands: fc.constant(['add']),
  perform: ({ program, env }) => program.add(env),
  invariants: [{ name: 'kept', statement: 'What was acknowledged is counted.', check: async ({ commands }, { program, env }) => {
    const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
    return await program.load(env) < acknowledged ? 'it is not' : undefined;
  } }],
});
`;

const STATIC = '(env) => start(program, env)';

const files = (): Readonly<Record<string, string>> => ({
  'package.json': '{ "type": "module" }',
  'program.ts': PROGRAM.module,
  'program.cjs': PROGRAM.commonjs,
  'node_modules/program/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/program/index.js': PROGRAM.module,
  'typed.suite.ts': suite('typed', "import * as program from './program.js';", STATIC),
  'common.suite.js': suite(
    'common',
    "const program = createRequire(import.meta.url)('./program.cjs');",
    STATIC,
  ),
  'packaged.suite.mjs': suite('packaged', "import * as program from 'program';", STATIC),
  'fresh.suite.ts': suite('fresh', '', "freshProgram(new URL('./program.ts', import.meta.url), start)"),
});

beforeAll(async () => {
  command = await compileCommand();
  directory = await mkdtemp(join(tmpdir(), 'powercut-module-state-'));
  for (const [name, text] of Object.entries(files())) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}, COMPILATION_MS_MAX);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('powercut run: a program that keeps state at module level gets no verdict, and one that is loaded fresh gets one', {
  timeout: FOUR_SUITES_MS_MAX,
}, async () => {
  const suites = Object.keys(files()).filter((name) => name.includes('.suite.'));
  const options = ['--json', 'result.json', '--runs', '4', '--workloads', '1', '--depth', '1', '--no-corpus'];
  const exitCode = await new Promise((resolve) => {
    const child = execFile(process.execPath, [command.main, 'run', ...suites, ...options], {
      cwd: directory,
    });
    child.on('close', resolve);
  });
  expect(exitCode).toBe(3);
  const result = readResult(await readFile(join(directory, 'result.json'), 'utf8'), 'result.json');
  const told = ({ verdict, undecided = [], violations, notes }: SuiteResult) => ({
    verdict,
    undecided: undecided.map(({ code }) => code),
    violations: violations.length,
    notes,
  });
  const outlived = { verdict: 'undecided', undecided: ['STATE_OUTLIVED'], violations: 0, notes: [] };
  expect(Object.fromEntries(result.suites.map((one) => [one.name, told(one)]))).toEqual({
    typed: outlived,
    common: outlived,
    packaged: outlived,
    fresh: { verdict: 'violated', undecided: [], violations: 1, notes: [] },
  });
  const places = result.suites.map(
    ({ undecided = [] }) => /\(([^():]+):\d+\)/.exec(undecided[0]?.message ?? '')?.[1] ?? '',
  );
  expect(places.map((place) => place.replace(/.*\//, '')).sort()).toEqual([
    '',
    'index.js',
    'program.cjs',
    'program.ts',
  ]);
});

it('askNewProcess checks a suite that another process explores', {
  timeout: FOUR_SUITES_MS_MAX,
}, async () => {
  const out = dirname(dirname(command.main));
  const compiled = async (path: string, name: string): Promise<unknown> =>
    Reflect.get(await import(join(out, path)), name);
  // As their sources say.
  const evaluate = (await compiled(
    'sim/module-graph/fresh-module.js',
    'evaluateAnew',
  )) as typeof evaluateAnew;
  const explore = (await compiled(
    'sim/explore/campaign/explore-in-process.js',
    'exploreInProcess',
  )) as typeof exploreInProcess;
  const asking = (await compiled('cli/workers/ask-new-process.js', 'askNewProcess')) as typeof askNewProcess;
  const file = join(directory, 'packaged.suite.mjs');
  const suite: Suite = Reflect.get(Object((await evaluate(file)).exports), 'default');
  const options = { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1 };
  const result = await explore(suite, options, asking('packaged', file, options));
  expect(result.undecided?.map(({ code }) => code)).toEqual(['STATE_OUTLIVED']);
  const other = await explore(suite, options, asking('no such suite', file, options));
  expect(other.notes).toMatchObject([
    { code: 'MODULE_STATE_NOT_CHECKED', message: /exports no suite 'no such suite'/ },
  ]);
});
