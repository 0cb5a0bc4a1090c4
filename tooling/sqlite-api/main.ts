/**
 * Runs the public tests of better-sqlite3 on `powercut/sqlite`. They are not part of this project: clone them first.
 *
 *   git clone --depth 1 https://github.com/WiseLibs/better-sqlite3 DIR && npm install --prefix DIR --ignore-scripts
 *   npm run test:sqlite-api -- DIR        # exit code 1 where a test fails that is not listed, or a listed one passes
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { EXPECTED_FAILURES, LEFT_OUT } from './expected-failures.js';

const SOURCE = fileURLToPath(new URL('../../sqlite/', import.meta.url));
const TIMEOUT_MS = '20000';

/** What the tests get in the place of the package that they lie in. */
const bundleInto = (directory: string): string => {
  const outfile = join(directory, 'ours.cjs');
  buildSync({
    entryPoints: [join(SOURCE, 'better-sqlite3/module.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
    // From there the compiled SQLite is found.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(SOURCE, 'engine/assembly.ts')).href) },
  });
  const hook = join(directory, 'hook.cjs');
  writeFileSync(
    hook,
    `const Module = require('node:module');
const ours = require(${JSON.stringify(outfile)}).betterSqlite3();
const load = Module._load;
Module._load = (id, ...rest) => (id === '../.' ? ours : load(id, ...rest));
`,
  );
  return hook;
};

interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

const testsIn = (checkout: string): readonly string[] =>
  readdirSync(join(checkout, 'test'))
    .filter((name) => name.endsWith('.js') && !LEFT_OUT.includes(name))
    .map((name) => join('test', name));

const run = (checkout: string, hook: string): Report => {
  const mocha = join(checkout, 'node_modules/mocha/bin/mocha.js');
  const output = join(hook, '../report.json');
  const options = [
    '--exit',
    `--timeout=${TIMEOUT_MS}`,
    '--reporter=json',
    `--reporter-option=output=${output}`,
  ];
  spawnSync(process.execPath, [mocha, ...options, '--require', hook, ...testsIn(checkout)], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(output, 'utf8')) as Report; // mocha's own format
};

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error(
    'Usage: npm run test:sqlite-api -- DIR, a clone of better-sqlite3 with its packages installed',
  );
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), 'sqlite-api-'));
const { passes, failures } = run(resolve(given), bundleInto(directory));
rmSync(directory, { recursive: true });

const unexpected = failures.filter(
  ({ fullTitle }) => !EXPECTED_FAILURES.some(({ title }) => title.test(fullTitle)),
);
const stale = EXPECTED_FAILURES.filter(
  ({ title }) => !failures.some(({ fullTitle }) => title.test(fullTitle)),
);
for (const { fullTitle, err } of unexpected) console.error(`Failed: ${fullTitle}: ${err.message}`);
for (const { title } of stale) console.error(`Listed, but no test fails: ${title}`);
console.log(
  `${passes.length} tests pass, ${failures.length - unexpected.length} fail as listed, ${unexpected.length} others fail.`,
);
process.exitCode = unexpected.length + stale.length === 0 && passes.length > 0 ? 0 : 1;
