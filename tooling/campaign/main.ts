/**
 * `npm run campaign`: explores every honest suite, seed after seed, until it reaches the numbers of images and random runs.
 * A violation is a false alarm, or a bug of the store. It is printed with its token, and the exit code is 1.
 *
 *     npm run campaign -- --images 1000000 --runs 100000 --seed 1 --workers 2 --only feeder
 */
import { availableParallelism } from 'node:os';
import { factsOf } from '../../cli/loading/suite-reference.js';
import type { Unit } from '../../cli/messages/messages.js';
import { exploreInWorkers } from '../../cli/workers/pool.js';
import type { SuiteResult } from '../../sim/result/result.js';
import { commandOf, wholeNumber } from '../command.js';
import suites from './suites.js';

/**
 * One round of one suite: so much that a worker's start does not count, which takes V8 six seconds of processor time to
 * compile; so little that a long campaign is seen to move.
 */
const ROUND = { runs: 1600, workloads: 24, commands: 3, depth: 2, bail: false };

interface Count {
  images: number;
  runs: number;
  seconds: number;
}

const url = new URL('./suites.ts', import.meta.url).href;
/** As it is shipped: Node 20 starts no thread of a worker process from TypeScript. `npm run campaign` builds it before. */
const WORKER = new URL('../../dist/cli/worker/worker.js', import.meta.url);
const unitsOf = (seed: number, only: string, runs: number = ROUND.runs): readonly Unit[] =>
  suites.flatMap((suite, index) => {
    if (!suite.name.includes(only)) return [];
    const reference = { kind: 'file', url, argument: 'tooling/campaign/suites.ts', index } as const;
    return [{ reference, suite: factsOf(suite), options: { ...ROUND, runs, seed } }];
  });

interface Options {
  readonly images: number;
  readonly runs: number;
  readonly seed: number;
  readonly only: string;
  readonly workers: number;
}

const command = commandOf(
  'campaign',
  'Explores every honest suite, seed after seed, until so many images were checked and so many random runs made.',
)
  .option('--images <n>', 'images to check', wholeNumber(), 1_000_000)
  .option('--runs <n>', 'random runs to make', wholeNumber(), 100_000)
  .option('--seed <n>', 'the first seed', wholeNumber(), 1)
  .option('--only <text>', 'suites with this in their name', '')
  .option('--workers <n>', 'how many processes', wholeNumber(1), availableParallelism())
  .parse();
const { seed: firstSeed, only, workers, ...wanted } = command.opts<Options>();
const suiteCount = unitsOf(1, only).length;
if (suiteCount === 0) command.error(`error: no honest suite has '${only}' in its name`);

const counts = new Map<string, Count>(suites.map(({ name }) => [name, { images: 0, runs: 0, seconds: 0 }]));
let alarms = 0;
let deaths = 0;

const total = (key: keyof Count): number => [...counts.values()].reduce((sum, count) => sum + count[key], 0);

const onResult = ({ name, exploration, violations, undecided = [] }: SuiteResult): void => {
  const count = counts.get(name);
  if (count === undefined) throw new Error(`a worker explored '${name}', which nobody asked for`);
  count.images += exploration.images.checked;
  count.runs += exploration.runs;
  count.seconds += exploration.seconds;
  // A round takes long: what is done counts also where it is interrupted.
  console.log(`${name}: ${exploration.images.checked} images, ${exploration.runs} random runs`);
  for (const { code, message } of undecided) {
    alarms += 1;
    console.error(`${name}: ${code}: ${message}`);
  }
  for (const { story, token } of violations) {
    alarms += 1;
    console.error(`${name}:\n${story}\nToken: ${token}\n`);
  }
};

for (let seed = firstSeed; total('images') < wanted.images || total('runs') < wanted.runs; seed++) {
  // Enough runs come before enough images: later rounds make no more of them than are wanted.
  const runsLeft = Math.max(0, Math.ceil((wanted.runs - total('runs')) / suiteCount));
  await exploreInWorkers(unitsOf(seed, only, Math.min(ROUND.runs, runsLeft)), {
    workers,
    worker: WORKER,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onResult,
    onTrouble: ({ suite }, { message }) => {
      deaths += 1;
      console.error(`${suite.name}: ${message}`);
    },
  });
  console.log(
    `seed ${seed}: ${total('images')} images, ${total('runs')} random runs, ${alarms} alarms, ` +
      `${Math.round(process.memoryUsage().rss / 1_000_000)} MB`,
  );
  // With workers that die, the numbers are never reached.
  if (deaths > 0) break;
}

console.table(
  [...counts].map(([suite, { images, runs, seconds }]) => ({
    suite,
    images,
    runs,
    seconds: Math.round(seconds),
  })),
);
console.log(`${total('images')} images, ${total('runs')} random runs: ${alarms} false alarms`);
process.exitCode = alarms > 0 || deaths > 0 ? 1 : 0;
