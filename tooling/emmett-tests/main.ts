/**
 * Runs Emmett's own tests of its SQLite event store on the simulated disk, with `powercut/sqlite` in the place of `sqlite3`. They are not
 * part of this project: clone them first, at the version that the example uses.
 *
 *   git clone --depth 1 --branch 0.42.4 https://github.com/event-driven-io/emmett DIR
 *   npm run test:emmett -- DIR        # exit code 1 where a test fails
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { defineSuite, fc } from '../../exports/index.js';
import { freshProgram } from '../../exports/node-fs.js';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import { installGuard } from '../../sim/guard/guard.js';
import { drive } from '../../sim/life/drive.js';
import { playTape } from '../../sim/run/tape.js';
import type { TestOutcome } from './test-api.js';

type Program = typeof import('./test-api.js');

const TEST_API = fileURLToPath(new URL('./test-api.ts', import.meta.url));
/** Emmett itself, and what it needs. */
const PACKAGES = fileURLToPath(new URL('../../examples/sqlite/stacks/node_modules', import.meta.url));
const SPEC = /\.(int|e2e)\.spec\.ts$/;
/** Where the tests believe to lie: they keep their databases beside themselves. */
const HOME = '/emmett';
const DATABASES = ['testing', 'eventStore/consumers'];

/** Each module keeps its own place, though all of them are in one file then. */
const places = (source: string): Plugin => ({
  name: 'places',
  setup: ({ onLoad }) => {
    onLoad({ filter: SPEC }, async ({ path }) => {
      const place = JSON.stringify(
        `file://${HOME}/${path
          .slice(source.length + 1)
          .split(sep)
          .join('/')}`,
      );
      const contents = (await readFile(path, 'utf8')).replaceAll('import.meta.url', place);
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
});

/** All tests in one file, which runs them. */
const bundle = async (source: string, outfile: string): Promise<void> => {
  const specs = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => SPEC.test(path));
  const imports = [...specs].sort().map((path) => `import ${JSON.stringify(join(source, path))};`);
  await build({
    stdin: { contents: `${imports.join('\n')}\nexport { runAll } from 'vitest';`, resolveDir: source },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
    alias: { vitest: TEST_API },
    nodePaths: [PACKAGES],
    external: ['sqlite3'],
    plugins: [places(source)],
  });
};

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('Usage: npm run test:emmett -- DIR, a clone of Emmett');
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), 'emmett-tests-'));
try {
  const source = join(resolve(given), 'src/packages/emmett-sqlite/src');
  const program = join(directory, 'tests.cjs');
  await bundle(source, program);
  let outcomes: readonly TestOutcome[] = [];
  const suite = defineSuite({
    name: "Emmett's tests",
    boot: freshProgram(
      pathToFileURL(program),
      async ({ runAll }: Program, { fs }) => {
        for (const folder of DATABASES) await fs.mkdir(`${HOME}/${folder}`, { recursive: true });
        return { runAll };
      },
      { sqlite: true },
    ),
    commands: fc.constant(['run']),
    perform: async ({ runAll }) => {
      outcomes = await runAll();
    },
    limits: { callsPerLife: 10_000_000, patienceMs: 24 * 3600 * 1000 },
    invariants: [],
  });
  const alone = { workload: ['run'], crashes: [], commandsAfterCrash: 0 };
  const { lives } = await drive(playTape(suite, diskModel('posix'), alone), installGuard());
  const broken = lives.flatMap((life) => life.broken);
  const failed = outcomes.filter(({ error }) => error !== null);
  for (const { name, error } of failed) console.log(`${name}: ${error}`);
  for (const { invariant, message } of broken) console.log(`${invariant}: ${message}`);
  console.log(`${outcomes.length - failed.length} passed, ${failed.length + broken.length} failed`);
  process.exitCode = outcomes.length > 0 && failed.length + broken.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
