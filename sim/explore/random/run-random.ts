/**
 * The random explorer draws workload, schedule, conditions, power cuts and losses all at once. It reaches what enumeration
 * can't: long histories, interleavings of concurrent clients, many crashes. The plan is plain data, drawn before the runs
 * begin, so it shrinks like any other value. A tape records the choices that a run really made.
 */
import * as fc from 'fast-check';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { type Crash, type CrashState, Frontier } from '../../disk/crash-model/durability.js';
import { follows, isData, type MicroOperation } from '../../disk/crash-model/micro-operation.js';
import { type Driven, OVER } from '../../life/drive.js';
import type { LifeRecord, LifeStart } from '../../life/life-record.js';
import { runLife } from '../../life/run-life.js';
import type { Finding } from '../../run/finding.js';
import { digestOf, firstLife, lifeOptions, type Plan, type Tape } from '../../run/tape.js';
import type { Json, Suite } from '../../suite/suite.js';
import { suiteError } from '../../suite/suite-registry.js';
import type { StrategyChoice } from '../options.js';
import { type Cut, drawFirstSchedule, drawPlan, PLACES, type RandomPlan } from './draw-plan.js';
import { DrawnArbitrary, type Placed, PlacedArbitrary } from './draws.js';
import type { Recipe } from './mutate-input.js';
import { SeededArbitrary } from './seeded-arbitrary.js';
import { simplerPlans, simplerSchedules } from './shrink-plan.js';

/** The choices of random runs that share their first life, as they are drawn. */
export interface RandomInput {
  readonly workload: readonly Json[];
  readonly plan: RandomPlan;
  /** What the workload was generated from, and how many draws it took. Absent where it was given. */
  readonly drawn?: Pick<Recipe, 'draws' | 'length'>;
}

const BITS = 32;
/** A long history is the longest of this many workloads. Joining several could give one that the suite does not allow. */
const LONG_OF = 6;

/** A workload that is explored exhaustively, and the schedule of its first life; none: eager. */
export interface ScheduledWorkload {
  readonly workload: readonly Json[];
  readonly schedule: Plan['schedules'];
}

/** What the suite generates. @throws SimulatorError 'COMMANDS_NOT_A_LIST', while a workload is generated */
export const workloadsOf = (suite: Suite): fc.Arbitrary<readonly Json[]> => {
  const { commands } = suite;
  return commands.filter((workload: unknown) => {
    if (Array.isArray(workload)) return true;
    const what = workload === null ? 'null' : typeof workload;
    const cure = 'Use fc.array(...), or map to an array';
    throw suiteError(
      suite,
      'COMMANDS_NOT_A_LIST',
      `has 'commands' that generated ${what} instead of a list. ${cure}`,
    );
  });
};

/** Workloads of up to a given number of commands. With concurrent clients, half of them have a drawn schedule. */
export const scheduledWorkloads = (
  suite: Suite,
  strategy: StrategyChoice,
  commandsMax: number,
): fc.Arbitrary<ScheduledWorkload> => {
  const isDrawn = (suite.clients ?? 1) > 1 && strategy.kind !== 'dfs';
  const drawn = new SeededArbitrary<Plan['schedules']>(
    (seed) => drawFirstSchedule(seed, strategy),
    function* ([schedule] = []) {
      if (schedule === undefined) return;
      for (const simpler of simplerSchedules(schedule))
        yield simpler.kind === 'eager' ? undefined : [simpler];
    },
  );
  return fc.record({
    workload: workloadsOf(suite).map((workload) => workload.slice(0, commandsMax)),
    schedule: isDrawn ? drawn : fc.constant(undefined),
  });
};

/** The workloads of random runs: some of them long. */
const longWorkloadsOf = (suite: Suite): fc.Arbitrary<Placed<readonly Json[]>> => {
  const workloads = new PlacedArbitrary(workloadsOf(suite));
  const long = fc
    .array(workloads, { minLength: LONG_OF, maxLength: LONG_OF })
    .map((some) =>
      some.reduce((longest, next) => (next.value.length > longest.value.length ? next : longest)),
    );
  return fc.oneof({ weight: 7, arbitrary: workloads }, { weight: 1, arbitrary: long });
};

/** Inputs of random runs: drawn, or all from one recipe. */
export const randomInputs = (
  suite: Suite,
  strategy: StrategyChoice,
  recipe?: Recipe,
): fc.Arbitrary<RandomInput> =>
  fc
    .record({
      workload: new DrawnArbitrary(
        recipe === undefined ? longWorkloadsOf(suite) : new PlacedArbitrary(workloadsOf(suite)),
        recipe?.draws,
      ),
      plan: new SeededArbitrary((seed) => recipe?.plan ?? drawPlan(seed, suite, strategy), simplerPlans),
    })
    .map(({ workload: { value, ...drawn }, plan }) => ({ workload: value, plan, drawn }));

/** The losses a cut asks for, made legal: what is lost takes with it all that must not be there without it. */
const legalLosses = (volatile: readonly MicroOperation[], model: DiskModel, bits: number): number[] => {
  if (model.volatileSurvives === 'none') return volatile.map((_, index) => index);
  const lost: number[] = [];
  volatile.forEach((operation, index) => {
    const isForced = lost.some((earlierIndex) => {
      const earlier = volatile[earlierIndex];
      return earlier !== undefined && follows(earlier, operation, model);
    });
    if (isForced || ((bits >>> (index % BITS)) & 1) === 1) lost.push(index);
  });
  return lost;
};

/** Few enough to take far less than a second, however much of a life is not durable. */
const PASSED_AT_ONCE = 64;

/** The states that cutting a life leaves, each at its cut's index: found in one walk along the life. */
function* cutStates(
  life: LifeRecord,
  model: DiskModel,
  cuts: readonly (Cut | undefined)[],
): Driven<readonly (CrashState | undefined)[]> {
  const { entries } = life.world.journal;
  const frontier = new Frontier(life.start, model);
  const states: (CrashState | undefined)[] = [];
  let passed = 0;
  const stateOf = ({ lost: bits, fill: drawn, place, isKill }: Cut): CrashState => {
    // A process that has ended itself is started again on a machine that is up.
    const isOver = life.world.ended !== undefined && passed === entries.length;
    const killed = isKill === true || isOver ? frontier.kill(passed) : undefined;
    if (killed !== undefined) return killed;
    const { volatile } = frontier;
    const lost = legalLosses(volatile, model, bits);
    const fill = model.fills[drawn % model.fills.length] ?? 'zero';
    const writes = lost.filter((index) => {
      const operation = volatile[index];
      return operation !== undefined && isData(operation);
    });
    const torn = writes[place % Math.max(1, writes.length)];
    const state =
      frontier.state(passed, { lost, fill, ...(torn === undefined ? {} : { torn }) }) ??
      frontier.state(passed, { lost, fill: 'zero' });
    if (state === undefined) throw new Error('Filling with zeros always gives an image.');
    return state;
  };
  const byPlace = cuts.flatMap((cut, index) => (cut === undefined ? [] : [{ index, cut }]));
  for (const { index, cut } of byPlace.sort((a, b) => a.cut.place - b.cut.place)) {
    const at = Math.floor((cut.place / PLACES) * (entries.length + 1));
    for (; passed < at; passed++) {
      const entry = entries[passed];
      if (entry !== undefined) frontier.pass(entry);
      if (passed % PASSED_AT_ONCE === 0) yield OVER;
    }
    states[index] = stateOf(cut);
  }
  return states;
}

/** One run: what was done, and what it broke. */
export interface Run {
  readonly tape: Tape;
  readonly findings: readonly Finding[];
}

/** Runs that have their first life in common. */
export interface RandomRuns {
  readonly runs: readonly Run[];
  /** All that was lived, in order: the first life once, then what came after it in each run. */
  readonly lives: readonly LifeRecord[];
  readonly digest: string;
}

/** What a run has gone through, and what was at stake in it. */
interface Before {
  readonly crashes: readonly Crash[];
  readonly volatile: number;
}

const UNHURT: Before = { crashes: [], volatile: 0 };

/** Restarts of a program that ends its own process, beyond the crashes that were drawn. */
const CRASHES_MAX = 16;

/** A supervisor starts a program again that has ended its process. */
const restartOf = ({ world }: LifeRecord, crashes: number): Cut | undefined =>
  world.ended === undefined || crashes >= CRASHES_MAX
    ? undefined
    : { place: PLACES - 1, lost: 0, fill: 0, isKill: true };

/** The runs of one plan while they are made. */
class Branching {
  readonly lives: LifeRecord[] = [];
  private readonly rest: Plan;

  constructor(
    private readonly suite: Suite,
    private readonly model: DiskModel,
    private readonly input: RandomInput,
  ) {
    const { branches: _, ...rest } = input.plan;
    this.rest = rest;
  }

  *live(start: LifeStart, number: number): Driven<LifeRecord> {
    const options = lifeOptions(this.input.workload, this.rest, number, this.model);
    const life = yield* runLife(this.suite, start, options);
    this.lives.push(life);
    return life;
  }

  /** Lives and power cuts in turn, from a cut's state on, until the cuts are used up or something is broken. */
  *branch(state: CrashState, later: readonly Cut[], before: Before = UNHURT): Driven<Run> {
    const soFar = {
      crashes: [...before.crashes, state.crash],
      volatile: before.volatile + state.volatile,
    };
    const life = yield* this.live(state, soFar.crashes.length);
    const [cut = restartOf(life, soFar.crashes.length), ...rest] = later;
    const [next] = life.broken.length > 0 ? [] : yield* cutStates(life, this.model, [cut]);
    return next === undefined ? this.run(life, soFar) : yield* this.branch(next, rest, soFar);
  }

  run({ broken }: LifeRecord, { crashes, volatile }: Before = UNHURT): Run {
    const tape: Tape = { ...this.rest, workload: this.input.workload, crashes };
    return { tape, findings: broken.map((one) => ({ broken: one, tape, volatile })) };
  }
}

/** The lives of each run: the first one, which all have in common, and its own. */
export const livesOfRuns = ({ runs, lives }: RandomRuns): readonly (readonly LifeRecord[])[] => {
  let next = 1;
  return runs.map(({ tape }) => {
    const own = lives.slice(next, next + tape.crashes.length);
    next += own.length;
    return [...lives.slice(0, 1), ...own];
  });
};

/** The random runs of one plan, one for each of its branches. A violation in the shared first life ends all of them. */
export function* runRandom(suite: Suite, model: DiskModel, input: RandomInput): Driven<RandomRuns> {
  const branching = new Branching(suite, model, input);
  const { lives } = branching;
  const first = yield* branching.live(yield* firstLife(suite), 0);
  const { branches } = input.plan;
  const cuts = first.broken.length > 0 ? [] : branches.map(([cut]) => cut);
  const states = yield* cutStates(first, model, cuts);
  const runs: Run[] = [];
  for (const [index, [, ...later]] of branches.entries()) {
    const state = states[index];
    runs.push(state === undefined ? branching.run(first) : yield* branching.branch(state, later));
  }
  return { runs, lives, digest: digestOf(lives) };
}
