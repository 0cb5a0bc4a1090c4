/**
 * The exhaustive explorer: records a workload once, cuts the power everywhere, recovers on every image that may be
 * left, and does the same to each recovery, until no unseen state is left or a bound stops it.
 *
 * A life after a crash depends only on (image, knowledge of the outside world), so a state whose key was seen before is
 * covered without being run again. Of the image a life depends only on what it reads: where another disk agrees in that, the
 * life on record is cut once more. Breadth first: the first violation of an invariant is one of fewest crashes.
 */

import type { LocatedLife } from '../../coverage/life-sites.js';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { LifeAbandoned } from '../../life/abandoned-life.js';
import type { Driven } from '../../life/drive.js';
import type { LifeRecord } from '../../life/life-record.js';
import { runLife } from '../../life/run-life.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { Finding } from '../../run/finding.js';
import { latestEquivalentCrash } from '../../run/latest-equivalent-crash.js';
import { firstLife, lifeOptions } from '../../run/tape.js';
import type { Json, Suite } from '../../suite/suite.js';
import type { Exhausted, ExhaustiveOptions } from './exhausted.js';
import { Exploration } from './exploration.js';
import type { ExploreSlices, Queued, Slice, SliceExplored } from './slices.js';

/** A life with its call sites, where coverage wants to know them: lived once more if no life before was like it. */
function* locate(
  suite: Suite,
  { start, crashes }: Queued,
  life: LifeRecord,
  { workload, options }: Exploration,
): Driven<LocatedLife | undefined> {
  const { coverage, commandsAfterCrash, plan, model } = options;
  const known = coverage?.locate(life);
  if (coverage === undefined || known !== undefined) return known;
  const again = yield* runLife(suite, start, {
    ...lifeOptions(workload, { ...plan, commandsAfterCrash }, crashes.length, model),
    sites: true,
  });
  coverage.learn(again);
  return coverage.locate(life);
}

/** A finding of one crash, as late as it can be: which of several is the plainest shows only there. */
const atItsLatest = (finding: Finding, first: LifeRecord, model: DiskModel): Finding => {
  const [crash, ...more] = finding.tape.crashes;
  if (crash === undefined || more.length > 0) return finding;
  const latest = latestEquivalentCrash(first.start, first.world.journal.entries, model, crash);
  return { ...finding, tape: { ...finding.tape, crashes: [latest.crash] }, volatile: latest.volatile };
};

/** Lives from each state of the generation that waits. */
function* exploreGeneration(suite: Suite, exploration: Exploration): Driven<void> {
  const { options, workload } = exploration;
  const { model, plan, commandsAfterCrash } = options;
  const withSites = options.sites === true || options.coverage !== undefined;
  for (const queued of exploration.takeGeneration()) {
    const end = exploration.end();
    if (end !== undefined) return exploration.stop(end);
    if (yield* exploration.cutAgain(queued)) continue;
    const life: LifeRecord = yield* runLife(suite, queued.start, {
      ...lifeOptions(workload, { ...plan, commandsAfterCrash }, queued.crashes.length, model),
      sites: withSites && queued.crashes.length === 0,
      notesReads: queued.crashes.length > 0,
    });
    if (exploration.record(queued, life)) return exploration.stop({ kind: 'violation' });
    // A broken state is not gone on from: what follows would only repeat what is known.
    const located = yield* locate(suite, queued, life, exploration);
    if (life.broken.length === 0) yield* exploration.cut(queued, life, located);
    else if (queued.crashes.length === 0) exploration.stops.push({ kind: 'violation' });
  }
  exploration.crashesDone += 1;
}

/** Generation by generation, until none is left, something stops it, or one is to be explored in slices, which it returns. */
function* exploreGenerations(
  suite: Suite,
  exploration: Exploration,
  inSlices: boolean,
): Driven<readonly Slice[] | undefined> {
  while (exploration.queue.length > 0) {
    const slices = inSlices ? exploration.takeSlices() : undefined;
    if (slices !== undefined) return slices;
    yield* exploreGeneration(suite, exploration);
  }
  return undefined;
}

/** Stops an exploration whose life was given up, if it has anything to keep. @throws what was thrown, otherwise */
const stopAbandoned = (exploration: Exploration, thrown: unknown): void => {
  if (!(thrown instanceof LifeAbandoned) || exploration.first === undefined) throw thrown;
  exploration.stop(exploration.options.stopped() ?? { kind: 'time' });
};

const exhaustedOf = (exploration: Exploration): Exhausted => {
  const { first, gaps, brokenByKey, crashPoints, legal, checked, distinct, sampled, steps, lives, hash } =
    exploration;
  if (first === undefined) throw new Error('No life was lived, though the first one always is.');
  const { kills, options } = exploration;
  const stops = stopReasons(exploration.stops);
  options.coverage?.resolveClaims(
    (key) => !exploration.waiting.has(key),
    (key) => brokenByKey.has(key),
  );
  const findings = exploration.findings.map((finding) => atItsLatest(finding, first, options.model));
  return {
    first,
    findings,
    gaps,
    brokenByKey,
    crashPoints,
    legal,
    checked,
    distinct,
    kills,
    sampled,
    classes: 0,
    closed: stops.length === 0,
    crashesDone: Math.max(0, exploration.crashesDone),
    stops,
    steps,
    lives,
    digest: hash.digest(),
  };
};

/**
 * Explores every power cut of one workload, to a depth, under a model.
 * @throws LifeAbandoned where it is given up before its first life is over
 */
export function* explore(
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
): Driven<Exhausted> {
  const exploration = new Exploration(workload, options, yield* firstLife(suite));
  try {
    yield* exploreGenerations(suite, exploration, false);
  } catch (error) {
    stopAbandoned(exploration, error);
  }
  return exhaustedOf(exploration);
}

/**
 * The same, with large generations in slices.
 * @param drive drives lives to their end
 * @throws LifeAbandoned where it is given up before its first life is over
 */
export const exploreInSlices = async (
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
  exploreSlices: ExploreSlices,
  drive: <T>(driven: Driven<T>) => Promise<T>,
): Promise<Exhausted> => {
  const exploration = new Exploration(workload, options, await drive(firstLife(suite)));
  try {
    for (;;) {
      const slices = await drive(exploreGenerations(suite, exploration, true));
      if (slices === undefined) break;
      exploration.merge(slices, await exploreSlices(slices));
    }
  } catch (error) {
    // Also where the time was up before a generation began.
    stopAbandoned(exploration, error);
  }
  return exhaustedOf(exploration);
};

const ofSlice = (slice: Slice, options: ExhaustiveOptions): Exploration => {
  const { workload, lifeBudget, plan } = slice;
  return new Exploration(
    workload,
    { ...options, lifeBudget, ...(plan === undefined ? {} : { plan }) },
    slice,
  );
};

/** Explores one slice. `options` are those of its exploration. */
export function* exploreSlice(suite: Suite, slice: Slice, options: ExhaustiveOptions): Driven<SliceExplored> {
  const exploration = ofSlice(slice, options);
  try {
    yield* exploreGeneration(suite, exploration);
  } catch (error) {
    if (!(error instanceof LifeAbandoned)) throw error;
    exploration.stop(options.stopped() ?? { kind: 'time' });
  }
  return exploration.explored();
}

/** The result of a slice whose exploration never began, as the time was up. */
export const unexploredSlice = (slice: Slice, options: ExhaustiveOptions): SliceExplored => {
  const exploration = ofSlice(slice, options);
  exploration.stop(options.stopped() ?? { kind: 'time' });
  return exploration.explored();
};
