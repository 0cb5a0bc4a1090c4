/**
 * `npm run test:seeds`: same input, same digest, for ever more seeds: each explores all shipped suites and scenarios
 * twice, the second time in the opposite order, with random schedules, faults and concurrent clients. A thousand seeds of all
 * suites are two hours of processor time: `-- --seeds 1000 --only checkpointed-feeder`.
 *
 * The first seeds are explored once more as on another machine: in a process with another zone, language, user and directory,
 * on this Node and on the later ones.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Option } from 'commander';
import { scenarioSuites } from '../properties/scenarios/index.js';
import { shippedSuites } from '../properties/suites/index.js';
import { exploreSuite } from '../sim/explore/campaign/explore-suite.js';
import type { Suite } from '../sim/suite/suite.js';
import { commandOf, wholeNumber } from './command.js';
import { binaryOf, LATER_NODES } from './runtimes/runtimes.js';

interface Options {
  readonly seeds: number;
  readonly machines: number;
  readonly only: string;
  readonly digests?: number;
}

/** Random runs are what a seed changes most; one workload with every power cut of it comes along now and then. */
const RANDOM = { runs: 2, workloads: 0, commands: 2, depth: 1, bail: false };
const EXHAUSTIVE_EVERY = 50;
/** Some minutes of work: a long run is seen to move. */
const TOLD_EVERY = 100;

const digestsOf = async (suites: readonly Suite[], seed: number): Promise<ReadonlyMap<string, string>> => {
  const digests = new Map<string, string>();
  const workloads = seed % EXHAUSTIVE_EVERY === 1 ? 1 : 0;
  for (const suite of suites)
    digests.set(suite.name, (await exploreSuite(suite, { ...RANDOM, workloads, seed })).digest);
  return digests;
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = fileURLToPath(import.meta.url);
const COMPILER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface Machine {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

const MACHINES: readonly Machine[] = [
  { name: 'zone', env: { TZ: 'Asia/Kolkata' }, directory: ROOT },
  { name: 'language', env: { LC_ALL: 'tr_TR.UTF-8' }, directory: ROOT },
  { name: 'home', env: { HOME: '/nowhere' }, directory: ROOT },
  { name: 'directory', env: {}, directory: tmpdir() },
];
/** All that differs, at once. */
const FOREIGN: Machine = {
  name: 'all of these',
  env: { TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR.UTF-8', HOME: '/nowhere' },
  directory: tmpdir(),
};

type Digests = Readonly<Record<string, string>>;

/** The digests of another process under a seed. */
const digestsElsewhere = async (
  node: string,
  { env, directory }: Machine,
  seed: number,
): Promise<Digests> => {
  const run = promisify(execFile)(
    node,
    ['--import', COMPILER, PROGRAM, '--digests', String(seed), '--only', only],
    {
      cwd: directory,
      env: { ...process.env, ...env },
    },
  );
  return JSON.parse((await run).stdout) as Digests; // printed below
};

/** Explores one seed as on other machines; tells what differs, and returns how much does. */
const compareMachines = async (seed: number, here: ReadonlyMap<string, string>): Promise<number> => {
  let differing = 0;
  const compare = async (name: string, node: string, machine: Machine): Promise<void> => {
    const elsewhere = await digestsElsewhere(node, machine, seed);
    for (const [suite, digest] of here) {
      if (elsewhere[suite] === digest) continue;
      differing += 1;
      console.error(`seed ${seed}, ${suite}, ${name}: ${digest} here, ${elsewhere[suite]} there`);
    }
  };
  for (const machine of MACHINES) await compare(`another ${machine.name}`, process.execPath, machine);
  for (const runtime of LATER_NODES)
    await compare(`${runtime.name}, all of these`, await binaryOf(runtime), FOREIGN);
  return differing;
};

const command = commandOf('test:seeds', 'Explores everything twice under each seed: same input, same digest.')
  .option('--seeds <n>', 'how many seeds', wholeNumber(1), 1000)
  .option('--machines <n>', 'how many of the seeds as on other machines, too', wholeNumber(0), 2)
  .option('--only <text>', 'suites with this in their name', '')
  .addOption(
    new Option('--digests <seed>', 'print the digests of one seed, as JSON')
      .argParser(wholeNumber(1))
      .hideHelp(),
  )
  .parse();
const { seeds, only, machines, digests: asked } = command.opts<Options>();
const suites = [...shippedSuites, ...scenarioSuites].filter(({ name }) => name.includes(only));
if (suites.length === 0) command.error(`error: no suite has '${only}' in its name`);

const compareSeeds = async (): Promise<void> => {
  let different = 0;
  let elsewhere = 0;
  const known = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const first = await digestsOf(suites, seed);
    const second = await digestsOf([...suites].reverse(), seed);
    for (const [name, digest] of first) {
      known.add(`${name} ${digest}`);
      if (second.get(name) === digest) continue;
      different += 1;
      console.error(`seed ${seed}, ${name}: ${digest}, then ${second.get(name)}`);
    }
    if (seed <= machines) elsewhere += await compareMachines(seed, first);
    if (seed % TOLD_EVERY === 0) console.log(`seed ${seed}: ${different} differences`);
  }
  console.log(
    `${seeds} seeds of ${suites.length} suites, twice: ${different} differences, ${known.size} distinct digests`,
  );
  const compared = Math.min(seeds, machines);
  console.log(
    `${compared} of them on ${MACHINES.length + LATER_NODES.length} other machines: ${elsewhere} differences`,
  );
  process.exitCode = different + elsewhere > 0 ? 1 : 0;
};

if (asked === undefined) await compareSeeds();
else console.log(JSON.stringify(Object.fromEntries(await digestsOf(suites, asked))));
