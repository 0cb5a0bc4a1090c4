/** `import()` in a life, as the command line meets it: in worker processes, with suites in files of each format. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readResult } from '../../reports/result/read-result.js';
import { COMPILATION_MS_MAX, type Compiled, compileCommand } from '../testing/compiled.js';

/** Four suites, each explored in one process and then checked in another. */
const FOUR_SUITES_MS_MAX = 240_000;

let command: Compiled;
let directory: string;

const PROGRAM = `import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { Refused } from './refused.mjs';
export const write = (synced) => {
  for (const path of ['/kept', '/']) {
    const fd = openSync(path, path === '/' ? 'r' : 'w');
    if (path !== '/') writeSync(fd, 'x');
    if (synced) fsyncSync(fd);
    closeSync(fd);
  }
};
export const refuse = () => { throw new Refused('it is refused'); };
`;

/** Of a program that imports a file, a builtin module and a file that is not there, when it needs them. */
const suite = (format: 'import' | 'require', name: string, synced: boolean): string => {
  const from = (names: string, file: string): string =>
    format === 'import' ? `import { ${names} } from '${file}';` : `const { ${names} } = require('${file}');`;
  const entry = (file: string): string => join(dirname(command.main), '..', 'exports', file);
  return `${from('defineSuite, fc', entry('index.js'))}
${from('onSimulatedDisk', entry('node-fs.js'))}
${format === 'import' ? "import { Refused } from './refused.mjs';" : ''}
const made = defineSuite({
  name: '${name}', expected: '${synced ? 'safe' : 'unsafe'}',
  boot: onSimulatedDisk(async () => {
    const missing = await import('./missing.mjs').catch(({ code }) => code);
    const { refuse } = await import('./program.mjs');
    ${format === 'import' ? 'try { refuse(); } catch (error) { if (!(error instanceof Refused)) throw error; }' : ''}
    if (missing !== 'ERR_MODULE_NOT_FOUND') throw new Error(String(missing));
    return import('node:fs');
  }),
  commands: fc.constant(['write']),
  perform: async () => (await import('./program.mjs')).write(${synced}),
  invariants: [{ name: 'kept', statement: 'What was acknowledged is kept.', check: ({ commands }, fs) =>
    commands.some(({ outcome }) => outcome.status === 'acknowledged') && !fs.existsSync('/kept') ? 'it is not' : undefined }],
});
${format === 'import' ? 'export default made;' : 'module.exports = made;'}
`;
};

beforeAll(async () => {
  command = await compileCommand();
  directory = await mkdtemp(join(tmpdir(), 'powercut-imports-'));
  const files = {
    'package.json': '{ "type": "module" }',
    'program.mjs': PROGRAM,
    'refused.mjs': 'export class Refused extends Error {}',
    'honest.suite.mjs': suite('import', 'honest', true),
    'broken.suite.mjs': suite('import', 'broken', false),
    'typed.suite.ts': suite('import', 'typed', true).replace('const missing', 'const missing: string'),
    'commonjs.suite.cjs': suite('require', 'commonjs', true),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
}, COMPILATION_MS_MAX);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('powercut run: import() in a life finds the broken program in every format, and passes the honest one', {
  timeout: FOUR_SUITES_MS_MAX,
}, async () => {
  const suites = ['honest.suite.mjs', 'broken.suite.mjs', 'typed.suite.ts', 'commonjs.suite.cjs'];
  const options = ['--json', 'result.json', '--runs', '1', '--workloads', '1', '--depth', '1', '--no-corpus'];
  const child = execFile(process.execPath, [command.main, 'run', ...suites, ...options], { cwd: directory });
  const [exitCode] = await once(child, 'close');
  const result = readResult(await readFile(join(directory, 'result.json'), 'utf8'), 'result.json');
  // A new process loads the suites in another way and runs some lives again: each must have the same result.
  expect(
    result.suites.map(({ name, verdict, undecided, notes }) => [name, verdict, undecided, notes]),
  ).toEqual([
    ['honest', 'holds', undefined, []],
    ['broken', 'violated', undefined, []],
    ['typed', 'holds', undefined, []],
    ['commonjs', 'holds', undefined, []],
  ]);
  expect(exitCode).toBe(0);
});
