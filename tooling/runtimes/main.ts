/**
 * `npm run test:runtimes`: same input, same digest, on any runtime. Explores the shipped suites on this Node, on later
 * ones, on Bun and on Deno (all from the package registry, kept in .powercut/runtimes) and holds each digest against
 * golden.json beside this file. `-- --update` rewrites that file with this Node's digests, after an intended change.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commandOf } from '../command.js';
import { binaryOf, OTHERS, type Runtime, THIS_NODE } from './runtimes.js';

const run = promisify(execFile);

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = join(FOLDER, 'digests.mjs');
const GOLDEN = join(FOLDER, 'golden.json');

type Digests = Readonly<Record<string, string>>;

const digestsOn = async (runtime: Runtime): Promise<Digests> => {
  const { stdout } = await run(await binaryOf(runtime), [...runtime.options, PROGRAM]);
  return JSON.parse(stdout) as Digests; // printed by the program beside this file
};

const differences = (found: Digests, golden: Digests): readonly string[] =>
  [...new Set([...Object.keys(golden), ...Object.keys(found)])]
    .filter((suite) => found[suite] !== golden[suite])
    .map((suite) => `  ${suite}: ${found[suite] ?? 'none'}, golden ${golden[suite] ?? 'none'}`);

const { update } = commandOf(
  'test:runtimes',
  'Holds the digests of the shipped suites on every runtime against golden.json.',
)
  .option('--update', 'rewrite golden.json from this Node first')
  .parse()
  .opts<{ readonly update?: true }>();
if (update === true) {
  await writeFile(GOLDEN, `${JSON.stringify(await digestsOn(THIS_NODE), null, 2)}\n`);
}
const golden = JSON.parse(await readFile(GOLDEN, 'utf8')) as Digests; // written above, at one time or another
for (const runtime of [THIS_NODE, ...OTHERS]) {
  const wrong = differences(await digestsOn(runtime), golden);
  console.log([`${runtime.name}: ${wrong.length === 0 ? 'same digests' : 'DIFFERENT'}`, ...wrong].join('\n'));
  if (wrong.length > 0) process.exitCode = 1;
}
