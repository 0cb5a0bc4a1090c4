/**
 * Goes on where the exhaustive explorer could not: where more images were legal than it builds, the crash states are explored
 * once more, by classes.
 */
import { LifeAbandoned } from '../../life/abandoned-life.js';
import type { Driven } from '../../life/drive.js';
import type { StopReason } from '../../result/result.js';
import type { Json, Suite } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';
import type { Exhausted, ExhaustiveOptions } from '../exhaustive/exhausted.js';
import { explore } from '../exhaustive/exhaustive.js';
import { type Classes, type ClassOptions, exploreClasses } from './explore-classes.js';
import { seriesOf } from './refinement.js';

/** Where a life follows from what it reads, and a model leaves a choice. */
const canHaveClasses = (suite: Suite, { model, enough, seen }: ExhaustiveOptions): boolean =>
  enough === undefined &&
  seen === undefined &&
  model.volatileSurvives === 'ordered subset' &&
  (suite.faults ?? []).length === 0;

/**
 * Where something was found, or something else stopped it, classes would not change what is said. Where lives alone were too
 * many, the states are: a program that grows with each retry has no end of them.
 */
const wantsClasses = ({ sampled, stops, findings }: Exhausted): boolean =>
  sampled && stops.every(({ kind }) => kind === 'images' || kind === 'lives') && findings.length === 0;

const digestOf = (before: string, { classes, lives, broken }: Classes): string => {
  const hash = new Hash().text(before).int(classes).int(lives);
  for (const { broken: one } of broken) hash.text(one.invariant);
  return hash.digest();
};

/** Classes sample nothing. If they came further, their own bound is the only one. */
const stopsOf = ({ stops, crashesDone }: Exhausted, classes: Classes): readonly StopReason[] => {
  const { stop } = classes;
  if (stop === undefined) return [];
  return stop !== 'not by reads' && classes.crashesDone > crashesDone ? [stop] : stops;
};

/** What was found, with what the classes add to it. */
const withClasses = (exhausted: Exhausted, classes: Classes): Exhausted => {
  const { stop, lives, broken } = classes;
  const findings = broken.map(({ broken: one, tape }) => ({
    broken: one,
    tape,
    volatile: tape.crashes.reduce((sum, { lost }) => sum + lost.length, 0),
  }));
  return {
    ...exhausted,
    findings,
    classes: classes.classes,
    closed: stop === undefined,
    crashesDone: Math.max(exhausted.crashesDone, classes.crashesDone),
    stops: stopsOf(exhausted, classes),
    lives: exhausted.lives + lives,
    digest: digestOf(exhausted.digest, classes),
  };
};

/** What is explored first, where classes may follow. */
export const beforeClasses = (suite: Suite, options: ExhaustiveOptions): ExhaustiveOptions => ({
  ...options,
  isFollowed: canHaveClasses(suite, options),
});

/** Goes on by classes with what the exhaustive explorer found, where they could tell more. */
export function* goOnByClasses(
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
  exhausted: Exhausted,
): Driven<Exhausted> {
  if (options.isFollowed !== true || !wantsClasses(exhausted)) return exhausted;
  /** A tape draws fresh random numbers for each life. */
  const onLife: ClassOptions['onLife'] = (life, crashes, tape) => {
    if (seriesOf(crashes.length) === crashes.length) options.onLife?.(life, crashes, tape);
  };
  try {
    return withClasses(exhausted, yield* exploreClasses(suite, workload, { ...options, onLife }));
  } catch (error) {
    if (error instanceof LifeAbandoned) return exhausted;
    throw error;
  }
}

/**
 * Explores every power cut of one workload, to a depth, under a model.
 * @throws LifeAbandoned where it is given up before its first life is over
 */
export function* exploreToTheEnd(
  suite: Suite,
  workload: readonly Json[],
  given: ExhaustiveOptions,
): Driven<Exhausted> {
  const options = beforeClasses(suite, given);
  return yield* goOnByClasses(suite, workload, options, yield* explore(suite, workload, options));
}
