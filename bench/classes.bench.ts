/**
 * What classes of crash states save. For some programs, after one power cut: the lives that the classes need, against the distinct images
 * that are legal, as each of those would be lived from; and the processor time of both explorers. Then the shipped suites, which
 * close without classes: what the search for them costs there.
 */
import { shippedSuites } from '../properties/suites/index.js';
import { diskModel } from '../sim/disk/crash-model/disk-models.js';
import { type Classes, exploreClasses } from '../sim/explore/classes/explore-classes.js';
import type { Exhausted } from '../sim/explore/exhaustive/exhausted.js';
import { explore } from '../sim/explore/exhaustive/exhaustive.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import { installGuard } from '../sim/guard/guard.js';
import { drive } from '../sim/life/drive.js';
import type { DiskModelName, Json, Suite } from '../sim/suite/suite.js';
import { exhaustivePhase, type Way } from './classes/exhaustive-phase.js';
import { documents, events, settings, sqlite } from './classes/programs.js';
import { inTurns, processorSeconds } from './explorer/exploring.js';
import { bankWorkload } from './explorer/workload.js';
import type { Comparison, Measured } from './measuring/paired.js';

interface Case {
  readonly suite: Suite;
  readonly disk: DiskModelName;
  readonly workload: readonly Json[];
  /** How many times as few lives as distinct images: at least. */
  readonly bar: number;
}

/** Where nothing is saved, classes may need this many times the lives at most. */
const ELSEWHERE = 1.02;
const SHIPPED_BAR = 1 / 1.05;

const CASES: readonly Case[] = [
  { suite: sqlite, disk: 'posix-worst', workload: [null], bar: 20 },
  { suite: sqlite, disk: 'posix', workload: [null], bar: 20 },
  { suite: sqlite, disk: 'ext4-delalloc', workload: [null], bar: 20 },
  { suite: documents, disk: 'posix', workload: [null, null], bar: 4 },
  { suite: events, disk: 'posix', workload: [null, null], bar: 4 },
  { suite: settings, disk: 'posix', workload: [null, null], bar: 1 / ELSEWHERE },
  ...shippedSuites.map(
    (suite): Case => ({
      suite,
      disk: 'posix',
      workload: bankWorkload(4),
      bar: 1 / ELSEWHERE,
    }),
  ),
];

const BOUNDS = { depth: 1, commandsAfterCrash: 1, stopped: () => undefined };
/** More than any of these has: a sample would be compared with all. */
const UNBOUNDED = 1_000_000;
const ROUNDS = 3;
/** Of each shipped suite: eight, as `powercut run` has them, take ten seconds a suite. */
const WORKLOADS = 2;

const enumerated = async ({ suite, disk, workload }: Case): Promise<Exhausted> => {
  const bounds = { ...BOUNDS, imageBudget: UNBOUNDED, lifeBudget: Number.POSITIVE_INFINITY };
  const result = await drive(explore(suite, workload, { ...bounds, model: diskModel(disk) }), installGuard());
  if (result.sampled) throw new Error(`'${suite.name}' leaves more images than are enumerated.`);
  return result;
};

const classified = async ({ suite, disk, workload }: Case): Promise<Classes> => {
  const bounds = { ...BOUNDS, lifeBudget: UNBOUNDED, model: diskModel(disk) };
  const result = await drive(exploreClasses(suite, workload, bounds), installGuard());
  if (result.crashesDone < 1) throw new Error(`The classes of '${suite.name}' were not found.`);
  return result;
};

const count = (counted: number, what: string): string => `${counted.toLocaleString('en')} ${what}`;

/** A ratio of counts, which are the same in each round. */
const exactly = (name: string, ratio: number, bar?: number): Measured => ({
  name,
  operationsPerSecond: Number.NaN,
  ratio: { low: ratio, median: ratio, high: ratio },
  ...(bar === undefined ? {} : { bar }),
});

/** Lives after a power cut: the first one precedes it. */
const needed = (one: Case, { legal, distinct, lives }: Exhausted, classes: Classes): Comparison => {
  const own = classes.lives - 1;
  return {
    title: `Lives needed after one power cut: ${one.suite.name}, ${one.disk}`,
    rounds: 1,
    measured: [
      exactly(`each distinct image: ${count(distinct, 'lives')}, of ${count(legal, 'legal images')}`, 1),
      exactly(
        `enumeration, one life where images read the same: ${count(lives - 1, 'lives')}`,
        distinct / (lives - 1),
      ),
      exactly(
        `classes: ${count(own, 'lives')}, ${count(classes.classes, 'classes')}, ${count(classes.states, 'images built')}`,
        distinct / own,
        one.bar,
      ),
    ],
  };
};

const compared = async (one: Case): Promise<readonly Comparison[]> => {
  const [all, classes] = [await enumerated(one), await classified(one)];
  const title = `The same by processor time: ${one.suite.name}, ${one.disk}`;
  const took = async (act: () => Promise<unknown>): Promise<number> => 1 / (await processorSeconds(act));
  return [
    needed(one, all, classes),
    await inTurns(title, { rounds: ROUNDS, warm: true }, [
      { name: 'enumeration', rate: () => took(() => enumerated(one)) },
      { name: 'classes', rate: () => took(() => classified(one)) },
    ]),
  ];
};

/** The exhaustive phase of all shipped suites with the bounds of `powercut run`, but for the number of workloads. */
const shipped = (): Promise<Comparison> => {
  const rate = (way: Way) => async (): Promise<number> =>
    1 /
    (await processorSeconds(async () => {
      const options = { ...DEFAULT_OPTIONS, workloads: WORKLOADS };
      for (const suite of shippedSuites) await exhaustivePhase(suite, way, options);
    }));
  const title = `The six shipped suites, ${WORKLOADS} workloads each, explored exhaustively, by processor time`;
  return inTurns(title, { rounds: ROUNDS, warm: true }, [
    { name: 'enumeration alone', rate: rate('enumeration') },
    { name: 'classes where images were sampled', bar: SHIPPED_BAR, rate: rate('classes') },
  ]);
};

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const all: Comparison[] = [];
  for (const one of CASES) all.push(...(await compared(one)));
  return [...all, await shipped()];
};
