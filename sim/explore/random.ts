/**
 * The random explorer: workload, schedule, conditions, power cuts and losses all drawn at once, for what enumeration can't
 * reach: long histories, interleavings of concurrent clients, many crashes. What is drawn is plain data, drawn before
 * the run begins, so it shrinks as any other value does; what a run really did is written down as a tape.
 */
import * as fc from 'fast-check';
import { type MicroOperation, sharesCell } from '../disk/micro-operation.js';
import type { DiskModel } from '../disk/models.js';
import type { Json, Suite } from '../suite.js';
import { type Crash, type CrashState, Frontier } from './crash-states.js';
import { Drawn } from './drawn.js';
import type { Driven } from './drive.js';
import type { Finding } from './exhaustive.js';
import { type LifeRecord, live } from './live.js';
import type { StrategyChoice } from './options.js';
import { simplerPlans, simplerSchedules } from './simpler.js';
import { type Cut, drawFirstSchedule, drawPlan, PLACES, type RandomPlan } from './swarm.js';
import { digestOf, FIRST_LIFE, lifeOptions, type Plan, type Tape } from './tape.js';

/** The choices of one random run, as they are drawn. */
export interface RandomInput {
  readonly workload: readonly Json[];
  readonly plan: RandomPlan;
}

const BITS = 32;
/** A long history is the longest of so many workloads: several in a row need not be one that the suite allows. */
const LONG_OF = 6;

/** A workload that is explored exhaustively, and the schedule of its first life; none: eager. */
export interface ScheduledWorkload {
  readonly workload: readonly Json[];
  readonly schedule: Plan['schedules'];
}

/** Workloads of up to so many commands. Where clients are concurrent, half of them under a schedule that is drawn, too. */
export const scheduledWorkloads = (
  suite: Suite,
  strategy: StrategyChoice,
  commandsMax: number,
): fc.Arbitrary<ScheduledWorkload> => {
  const isDrawn = (suite.clients ?? 1) > 1 && strategy.kind !== 'dfs';
  const drawn = new Drawn<Plan['schedules']>(
    (seed) => drawFirstSchedule(seed, strategy),
    function* ([schedule] = []) {
      if (schedule === undefined) return;
      for (const simpler of simplerSchedules(schedule))
        yield simpler.kind === 'eager' ? undefined : [simpler];
    },
  );
  return fc.record({
    workload: suite.commands.map((workload) => workload.slice(0, commandsMax)),
    schedule: isDrawn ? drawn : fc.constant(undefined),
  });
};

export const randomInputs = (suite: Suite, strategy: StrategyChoice): fc.Arbitrary<RandomInput> => {
  const long = fc
    .array(suite.commands, { minLength: LONG_OF, maxLength: LONG_OF })
    .map((workloads) => workloads.reduce((longest, next) => (next.length > longest.length ? next : longest)));
  return fc.record({
    workload: fc.oneof({ weight: 7, arbitrary: suite.commands }, { weight: 1, arbitrary: long }),
    plan: new Drawn((seed) => drawPlan(seed, suite, strategy), simplerPlans),
  });
};

/** The losses a cut asks for, made legal: what is lost takes with it all that must not be there without it. */
const legalLosses = (volatile: readonly MicroOperation[], model: DiskModel, bits: number): number[] => {
  if (model.volatileSurvives === 'none') return volatile.map((_, index) => index);
  const lost: number[] = [];
  volatile.forEach((operation, index) => {
    const follows = lost.some((earlierIndex) => {
      const earlier = volatile[earlierIndex];
      return (
        earlier !== undefined && (sharesCell(earlier, operation) || model.mustPrecede(earlier, operation))
      );
    });
    if (follows || ((bits >>> (index % BITS)) & 1) === 1) lost.push(index);
  });
  return lost;
};

const crashOf = (life: LifeRecord, model: DiskModel, cut: Cut): CrashState => {
  const { entries } = life.world.journal;
  const at = Math.floor((cut.place / PLACES) * (entries.length + 1));
  const frontier = new Frontier(life.start.image, life.start.history, model);
  for (const entry of entries.slice(0, at)) frontier.pass(entry);
  const lost = legalLosses(frontier.volatile, model, cut.lost);
  const fill = model.fills[cut.fill % model.fills.length] ?? 'zero';
  const state = frontier.state(at, lost, fill) ?? frontier.state(at, lost, 'zero');
  if (state === undefined) throw new Error('Filling with zeros always gives an image.');
  return state;
};

export interface RandomRun {
  readonly findings: readonly Finding[];
  readonly lives: readonly LifeRecord[];
  readonly tape: Tape;
  readonly digest: string;
}

/** One random run: lives and power cuts in turn, until the cuts are used up or something is broken. */
export function* runRandom(
  suite: Suite,
  model: DiskModel,
  { workload, plan }: RandomInput,
): Driven<RandomRun> {
  const { cuts, ...rest } = plan;
  const lives: LifeRecord[] = [];
  const crashes: Crash[] = [];
  let volatile = 0;
  let start = FIRST_LIFE;
  for (const cut of [...cuts, undefined]) {
    const life = yield* live(suite, start, lifeOptions(workload, rest, lives.length, model));
    lives.push(life);
    if (cut === undefined || life.broken.length > 0) break;
    const state = crashOf(life, model, cut);
    crashes.push(state.crash);
    volatile += state.volatile;
    start = state;
  }
  const tape: Tape = { ...rest, workload, crashes };
  const findings = (lives.at(-1)?.broken ?? []).map((broken) => ({ broken, tape, volatile }));
  return { findings, lives, tape, digest: digestOf(lives) };
}
