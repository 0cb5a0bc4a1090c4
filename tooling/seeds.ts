/**
 * `npm run test:seeds`: same input, same digest, for ever more seeds: each explores all shipped suites and scenarios
 * twice, the second time in the opposite order, with random schedules, faults and concurrent clients. A thousand seeds of all
 * suites are two hours of processor time: `-- --seeds 1000 --only checkpointed-feeder`.
 */
import { scenarioSuites } from '../properties/scenarios/index.js';
import { shippedSuites } from '../properties/suites/index.js';
import { exploreSuite } from '../sim/explore/explore-suite.js';
import type { Suite } from '../sim/suite.js';
import { commandOf, wholeNumber } from './command.js';

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

const command = commandOf('test:seeds', 'Explores everything twice under each seed: same input, same digest.')
  .option('--seeds <n>', 'how many seeds', wholeNumber(1), 1000)
  .option('--only <text>', 'suites with this in their name', '')
  .parse();
const { seeds, only } = command.opts<{ readonly seeds: number; readonly only: string }>();
const suites = [...shippedSuites, ...scenarioSuites].filter(({ name }) => name.includes(only));
if (suites.length === 0) command.error(`error: no suite has '${only}' in its name`);
let different = 0;
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
  if (seed % TOLD_EVERY === 0) console.log(`seed ${seed}: ${different} differences`);
}
console.log(
  `${seeds} seeds of ${suites.length} suites, twice: ${different} differences, ${known.size} distinct digests`,
);
process.exitCode = different > 0 ? 1 : 0;
