/**
 * The outcome of a part of an exploration, as plain data that crosses processes. Parts that are combined in their order
 * give exactly the counts of one process.
 */

import { type Collected, mergeCollected, NOTHING_COLLECTED } from '../../coverage/merge-coverage.js';
import type { Note, NoveltyPoint, StopReason, UndecidedReason, WorkloadReach } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { First } from '../../run/finding.js';
import type { SeenRun } from '../guide/guide.js';
import type { Phase } from '../options.js';
import type { Recipe } from '../random/mutate-input.js';
import { addSamples, NO_SAMPLE, type Sample } from '../recheck/life-sample.js';
import { addEvidence, type EvidenceTally, NO_EVIDENCE } from './evidence.js';
import type { Sum } from './life-costs.js';
import { distinctNotes } from './notes.js';

export interface FirstFound extends First {
  readonly phase: Phase;
  /** Of a guided run: how its input came about. Its index is that among the guided runs then. */
  readonly recipe?: Recipe;
}

export interface Tally {
  readonly crashPoints: number;
  readonly legal: number;
  readonly checked: number;
  readonly distinct: number;
  readonly kills: number;
  /** Classes of crash states, of the workloads that were explored by them. */
  readonly classes: number;
  readonly steps: number;
  readonly workloads: number;
  /** Of each workload, in order; of several schedules, of the one that was explored least far. */
  readonly reach: readonly WorkloadReach[];
  /** Of first lives, all workloads together. */
  readonly schedules: number;
  readonly runs: number;
  readonly seconds: number;
  readonly sampled: boolean;
  /** What kept the exploration of some workload, or the whole part, from going on: a set. */
  readonly stops: readonly StopReason[];
  /** Why the part did not reach its end: time, an interruption. Among `stops`, too. */
  readonly cutShort: StopReason | undefined;
  readonly evidence: EvidenceTally;
  /** Of it, what exhaustive exploration counted: there the suite's faults strike as they are planned. */
  readonly exhaustiveEvidence: EvidenceTally;
  /** Why the result proves nothing, as far as lives said so. */
  readonly doubts: readonly UndecidedReason[];
  readonly notes: readonly Note[];
  /** Lives to be lived once more, alone. */
  readonly sample: Sample;
  /** Invariants whose first failure was none of a life that is lived alone: nothing is said to be violated by it. */
  readonly refuted: readonly string[];
  /** Which goals of `mustReach` some history reached, by their place among the goals. */
  readonly reached: readonly boolean[];
  /** Of each workload or run, in order. */
  readonly digests: readonly string[];
  readonly marks: readonly string[];
  /** By name. */
  readonly costs: ReadonlyMap<string, Sum>;
  /** By fault plan, how often it happened. */
  readonly fired: readonly number[];
  readonly coverage: Collected;
  /** What guidance is to know of each random run, in order. */
  readonly runsSeen: readonly SeenRun[];
  /** Of each part of random runs, in order. */
  readonly novelty: readonly NoveltyPoint[];
  /** By invariant: images (exhaustive) and runs (random) in which it was seen broken. */
  readonly seen: ReadonlyMap<string, number>;
  /** By invariant, the first input that broke it, in the order in which they were seen broken. */
  readonly firsts: ReadonlyMap<string, FirstFound>;
}

export const EMPTY_TALLY: Tally = {
  crashPoints: 0,
  legal: 0,
  checked: 0,
  distinct: 0,
  kills: 0,
  classes: 0,
  steps: 0,
  workloads: 0,
  reach: [],
  schedules: 0,
  runs: 0,
  seconds: 0,
  sampled: false,
  stops: [],
  cutShort: undefined,
  evidence: NO_EVIDENCE,
  exhaustiveEvidence: NO_EVIDENCE,
  doubts: [],
  notes: [],
  sample: NO_SAMPLE,
  refuted: [],
  reached: [],
  digests: [],
  marks: [],
  costs: new Map(),
  fired: [],
  coverage: NOTHING_COLLECTED,
  runsSeen: [],
  novelty: [],
  seen: new Map(),
  firsts: new Map(),
};

/** Merges two maps; values of a shared key are combined. Entries keep the order of their first appearance. */
const joined = <Value>(
  left: ReadonlyMap<string, Value>,
  right: ReadonlyMap<string, Value>,
  join: (left: Value, right: Value) => Value,
): ReadonlyMap<string, Value> => {
  const all = new Map(left);
  for (const [name, value] of right) {
    const known = all.get(name);
    all.set(name, known === undefined ? value : join(known, value));
  }
  return all;
};

/** What the exhaustive exploration of one workload counts, too. */
type Explored = Pick<
  Tally,
  'crashPoints' | 'legal' | 'checked' | 'distinct' | 'kills' | 'classes' | 'steps' | 'sampled' | 'stops'
>;

export const plusExplored = (left: Explored, right: Explored): Explored => ({
  crashPoints: left.crashPoints + right.crashPoints,
  legal: left.legal + right.legal,
  checked: left.checked + right.checked,
  distinct: left.distinct + right.distinct,
  kills: left.kills + right.kills,
  classes: left.classes + right.classes,
  steps: left.steps + right.steps,
  sampled: left.sampled || right.sampled,
  stops: stopReasons(left.stops, right.stops),
});

/** One tally and the one of what comes after it. */
export const plus = (left: Tally, right: Tally): Tally => ({
  ...plusExplored(left, right),
  workloads: left.workloads + right.workloads,
  reach: [...left.reach, ...right.reach],
  schedules: left.schedules + right.schedules,
  runs: left.runs + right.runs,
  seconds: left.seconds + right.seconds,
  cutShort: left.cutShort ?? right.cutShort,
  evidence: addEvidence(left.evidence, right.evidence),
  exhaustiveEvidence: addEvidence(left.exhaustiveEvidence, right.exhaustiveEvidence),
  doubts: distinctNotes([...left.doubts, ...right.doubts]),
  notes: distinctNotes([...left.notes, ...right.notes]),
  sample: addSamples(left.sample, right.sample),
  refuted: [...new Set([...left.refuted, ...right.refuted])],
  reached: Array.from(
    { length: Math.max(left.reached.length, right.reached.length) },
    (_, goal) => left.reached[goal] === true || right.reached[goal] === true,
  ),
  digests: [...left.digests, ...right.digests],
  marks: [...new Set([...left.marks, ...right.marks])],
  costs: joined(left.costs, right.costs, (a, b) => ({
    total: a.total + b.total,
    count: a.count + b.count,
    max: Math.max(a.max, b.max),
  })),
  fired: Array.from(
    { length: Math.max(left.fired.length, right.fired.length) },
    (_, plan) => (left.fired[plan] ?? 0) + (right.fired[plan] ?? 0),
  ),
  coverage: mergeCollected(left.coverage, right.coverage),
  runsSeen: [...left.runsSeen, ...right.runsSeen],
  novelty: [...left.novelty, ...right.novelty],
  seen: joined(left.seen, right.seen, (a, b) => a + b),
  firsts: joined(left.firsts, right.firsts, (first) => first),
});
