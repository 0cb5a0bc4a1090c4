/**
 * One life, as the outside world lives it: the power comes on, the program boots and settles, invariants are checked,
 * the client retries what it does not know the outcome of and goes on, and invariants are checked again.
 */
import type { DiskImage } from '../disk/image.js';
import type { DiskModel } from '../disk/models.js';
import { codedError, thrownText } from '../errors.js';
import { type HistoryState, jsonIdentity, placeOfCommand, seenOf } from '../history.js';
import type { Scheduling } from '../scheduler/scheduler.js';
import type { CheckMoment, Json, Outcome, Suite } from '../suite.js';
import type { Origins } from '../trace/origins.js';
import { packagesWithAddons } from '../uncontrolled/native-addons.js';
import { UncontrolledEffectError } from '../uncontrolled/uncontrolled-effect-error.js';
import { failureOf, World, type WorldOptions } from '../world.js';
import type { LifeConditions } from './conditions.js';
import { type Driven, type Settled, until } from './drive.js';

/** Where a life starts: what the power cut left, and what the outside world knows. */
export interface LifeStart {
  readonly image: DiskImage;
  readonly history: HistoryState;
  readonly key: string;
}

export interface Broken {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  readonly moment: CheckMoment;
}

export interface LifeRecord {
  readonly start: LifeStart;
  readonly world: World;
  readonly broken: readonly Broken[];
  /** Of the program, by its own account, when it had settled after boot (or, without a crash, at the end). */
  readonly costs: Readonly<Record<string, number>>;
  /** Journal entries there were when boot and settling were over. */
  readonly recoveredAt: number;
  readonly recoverySteps: number;
  /** Whether the program came up. */
  readonly booted: boolean;
  /** By invariant, in the suite's order. */
  readonly checks: readonly CheckCount[];
}

/** How often an invariant was checked in a life, and how often it said of itself that it could have failed. */
export interface CheckCount {
  readonly checked: number;
  readonly atStake: number;
}

export interface LiveOptions {
  readonly workload: readonly Json[];
  readonly scheduling: Scheduling;
  /** How many commands beyond the retried ones the client sends in a life that follows a crash. */
  readonly commandsAfterCrash: number;
  readonly sites?: boolean;
  /** Show what the program prints. */
  readonly prints?: boolean;
  /** Follow by way of whom each call comes about. */
  readonly origins?: Origins;
  /** The disk's model, which says what a failed fsync does. */
  readonly model: DiskModel;
  /** Of a random run: where the suite's faults strike. Not given: at the first call that fits. */
  readonly faultSeed?: number;
  /** What else was drawn for it. */
  readonly conditions?: LifeConditions;
}

/** What every program must do, whatever its suite says. */
const BUILT_IN = {
  recovers: 'After a power cut the program starts again.',
  rests: 'The program comes to rest once nothing is asked of it.',
  answers: 'Every command is answered.',
  controlled: 'The program handles its errors and stays inside its environment.',
  stops: 'The program stops when it is told to.',
} as const;

const rejection = (error: unknown): Outcome => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : thrownText(error);
  return { status: 'rejected', error: { name, code, message } };
};

const acknowledgement = (result: unknown): Outcome => {
  const text = JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return { status: 'acknowledged', result: text === undefined ? null : (JSON.parse(text) as Json) }; // printed from JSON just now
};

/** In the place of a system that did not start, or did not come to rest. */
const NONE = Symbol('no system');

/** What came of the power coming on. */
interface Recovery {
  readonly system: unknown;
  readonly recoveredAt: number;
  readonly recoverySteps: number;
}

const bootFailed = (
  suite: Suite,
  why: string,
  { failures, refusals }: World,
  cause: Settled<unknown>,
): Error => {
  // A refusal is mostly what is behind it, and a program may have put an error of its own in its place, or none.
  const isRefusal = cause.status === 'rejected' && cause.error instanceof UncontrolledEffectError;
  const behind = isRefusal ? [] : [...failures, ...refusals.survived.map(failureOf)].slice(0, 1);
  const addons = cause.status === 'stuck' ? packagesWithAddons() : [];
  const natively =
    addons.length === 0
      ? []
      : [`What native addons do is outside the simulation, and never awaited; loaded: ${addons.join(', ')}.`];
  const message = [
    `Suite '${suite.name}' does not boot on an empty disk: ${why}.`,
    ...behind,
    ...natively,
  ].join(' ');
  return codedError('SUITE_BOOT_FAILED', message, cause);
};

/** The state of one life while it is lived. */
class Living {
  readonly broken: Broken[] = [];
  costs: Readonly<Record<string, number>> = {};
  booted = false;
  readonly checks: { checked: number; atStake: number }[];

  constructor(
    readonly suite: Suite,
    readonly world: World,
    readonly options: LiveOptions,
  ) {
    this.checks = suite.invariants.map(() => ({ checked: 0, atStake: 0 }));
  }

  /** Notes a broken rule; not where a planned fault struck at which a program may rightly stop. */
  breaks(invariant: keyof typeof BUILT_IN, message: string, moment: CheckMoment): void {
    if (this.world.faults?.excuses === true) return;
    this.broken.push({ invariant, statement: BUILT_IN[invariant], message, moment });
  }

  *settle(system: unknown, moment: CheckMoment): Driven<boolean> {
    const { settle } = this.suite;
    if (settle === undefined) return true;
    const settled = yield* until(this.world, () => settle(system));
    if (settled.status === 'fulfilled') return true;
    this.breaks(
      'rests',
      settled.status === 'stuck'
        ? `It never came to rest: ${settled.why}.`
        : `Settling failed: ${thrownText(settled.error)}`,
      moment,
    );
    return false;
  }

  /** Checks every invariant; no fault strikes meanwhile. */
  *check(system: unknown, moment: CheckMoment): Driven<void> {
    const { world, suite, broken } = this;
    world.faults?.suspend(true);
    // What was known when the check began: an invariant that acts on the system must not mistake its own doing for history.
    const { history } = world;
    let checking = suite.invariants[0];
    const checked = yield* until(world, async () => {
      for (const [index, invariant] of suite.invariants.entries()) {
        checking = invariant;
        const count = this.checks[index];
        if (count !== undefined) {
          count.checked += 1;
          if (invariant.atStake?.(history, moment) === true) count.atStake += 1;
        }
        let message: string | undefined;
        try {
          message = await invariant.check(history, system, moment);
        } catch (error) {
          world.unhandled(error);
          message = `The check failed: ${thrownText(error)}`;
        }
        if (message !== undefined && !broken.some((known) => known.invariant === invariant.name)) {
          broken.push({ invariant: invariant.name, statement: invariant.statement, message, moment });
        }
      }
    });
    if (checked.status === 'stuck' && checking !== undefined) {
      const { name, statement } = checking;
      broken.push({
        invariant: name,
        statement,
        message: `Checking it never came to an end: ${checked.why}.`,
        moment,
      });
    }
    world.faults?.suspend(false);
  }

  *see(system: unknown): Driven<void> {
    const { observe } = this.suite;
    if (observe === undefined) return;
    const seen = yield* until(this.world, () => observe(system));
    if (seen.status !== 'fulfilled') return;
    const identity = jsonIdentity(seen.value);
    if (identity === (this.world.history.seen?.identity ?? jsonIdentity(undefined))) return;
    const event = { kind: 'seen', seen: seenOf(identity) } as const;
    this.world.learn(event, 'observe', 'the outside world looks at the system');
  }

  /** Sends commands, each client one at a time, and records how they went. */
  *send(system: unknown, indexes: readonly number[], moment: CheckMoment): Driven<boolean> {
    const clients = Math.max(1, this.options.conditions?.clients ?? this.suite.clients ?? 1);
    const client = async (number: number): Promise<void> => {
      for (const [turn, index] of indexes.entries())
        if (turn % clients === number) await this.perform(system, index);
    };
    const sent: Settled<unknown> = yield* until(this.world, () =>
      Promise.all(Array.from({ length: clients }, (_, number) => client(number))),
    );
    if (sent.status === 'fulfilled') return true;
    this.breaks(
      'answers',
      sent.status === 'stuck' ? `A command was never answered: ${sent.why}.` : thrownText(sent.error),
      moment,
    );
    return false;
  }

  private async perform(system: unknown, index: number): Promise<void> {
    const { world, suite } = this;
    const command = this.options.workload[index];
    if (command === undefined) return;
    const label = suite.describe?.(command) ?? jsonIdentity(command);
    await world.scheduler.perform(() => world.learn({ kind: 'sent', index, command }, 'send', label));
    const { commands } = world.history;
    const attempt = commands[placeOfCommand(commands, index)]?.attempts ?? 1;
    let outcome: Outcome;
    try {
      outcome = acknowledgement(
        await world.asClient(() => suite.perform(system, command, { index, attempt })),
      );
    } catch (error) {
      world.unhandled(error);
      // A call failed that may have taken effect: nobody can tell the client whether its command has.
      if (world.faults?.excuses === true) return;
      outcome = rejection(error);
    }
    world.learn(
      { kind: 'ended', index, outcome },
      outcome.status === 'acknowledged' ? 'acknowledge' : 'reject',
      label,
    );
  }

  /** Power on: boots and, unless the clients are in haste, lets the program come to rest and looks at it. */
  *recover({ history }: LifeStart): Driven<Recovery> {
    const { world, suite } = this;
    const afterCrash = history.crashes > 0;
    const booted = yield* until(world, () => suite.boot(world.environment));
    if (booted.status !== 'fulfilled') {
      const why =
        booted.status === 'stuck' ? `it does not come to an end: ${booted.why}` : thrownText(booted.error);
      if (!afterCrash && world.faults?.excuses !== true) throw bootFailed(suite, why, world, booted);
      this.breaks('recovers', `The program does not start again: ${why}.`, 'recovered');
      return this.recovered(NONE);
    }
    const system = booted.value;
    this.booted = true;
    if (this.options.conditions?.isHasty === true) return this.recovered(system);
    world.scheduler.calm(true);
    if (!(yield* this.settle(system, afterCrash ? 'recovered' : 'at-rest'))) return this.recovered(NONE);
    const recovery = this.recovered(system);
    if (afterCrash && world.faults?.excuses !== true) {
      yield* this.check(system, 'recovered');
      // After the check: what was lost or stale is counted by looking.
      this.costs = suite.costs?.(system) ?? {};
      yield* this.see(system);
    }
    world.scheduler.calm(false);
    return recovery;
  }

  private recovered(system: unknown): Recovery {
    const { journal, steps } = this.world;
    return { system, recoveredAt: journal.entries.length, recoverySteps: steps.length };
  }

  /** All commands are sent: from now on nothing goes wrong, and the program must come to rest as it should be. */
  *comeToRest(system: unknown, moment: CheckMoment): Driven<void> {
    const { world, suite } = this;
    world.faults?.stop();
    world.scheduler.calm(true);
    // What it does after it has met a failure is judged where it has been started again: every such state is a crash state.
    if (world.faults?.excuses === true) return;
    if (!(yield* this.settle(system, moment))) return;
    yield* this.check(system, moment);
    if (moment === 'at-rest') this.costs = suite.costs?.(system) ?? {};
    yield* this.see(system);
    const { shutdown } = suite;
    if (shutdown === undefined || this.options.conditions?.isShutDown !== true) return;
    const stopped = yield* until(world, () => shutdown(system));
    if (stopped.status === 'stuck') this.breaks('stops', `It never came to a stop: ${stopped.why}.`, moment);
    if (stopped.status === 'rejected')
      this.breaks('stops', `Stopping failed: ${thrownText(stopped.error)}`, moment);
  }

  /** Which commands the client sends in this life, by their place in the workload. */
  indexesToSend(start: LifeStart): number[] {
    const { workload, commandsAfterCrash } = this.options;
    const { commands, crashes } = start.history;
    const retried = commands
      .filter((entry) => entry.outcome.status === 'unknown' && (this.suite.unknown ?? 'retry') === 'retry')
      .map((entry) => entry.index);
    const sent = new Set(commands.map((entry) => entry.index));
    const fresh = workload.map((_, index) => index).filter((index) => !sent.has(index));
    return [...retried, ...(crashes === 0 ? fresh : fresh.slice(0, commandsAfterCrash))];
  }
}

const faultsOf = (
  suite: Suite,
  { model, faultSeed, conditions = {} }: LiveOptions,
): Pick<WorldOptions, 'faults'> => {
  if (suite.faults === undefined || suite.faults.length === 0) return {};
  const { faultsOn: on, faultStrikes: strikes } = conditions;
  const seed = faultSeed === undefined ? {} : { seed: faultSeed };
  const which = { ...(on === undefined ? {} : { on }), ...(strikes === undefined ? {} : { strikes }) };
  return { faults: { plans: suite.faults, model, ...seed, ...which } };
};

/** Lives one life to its natural end. @throws Error 'SUITE_BOOT_FAILED' when it does not even start on an empty disk */
export function* live(suite: Suite, start: LifeStart, options: LiveOptions): Driven<LifeRecord> {
  const { image, history, key } = start;
  const { conditions = {} } = options;
  const world = new World({
    image,
    history,
    key,
    scheduling: options.scheduling,
    skewMs: conditions.skewMs ?? 0,
    sites: options.sites ?? false,
    prints: options.prints ?? false,
    origins: options.origins,
    ...faultsOf(suite, options),
  });
  const living = new Living(suite, world, options);
  const moment = history.crashes > 0 ? 'lived-on' : 'at-rest';
  const recovery = yield* living.recover(start);
  if (
    recovery.system !== NONE &&
    (yield* living.send(recovery.system, living.indexesToSend(start), moment))
  ) {
    yield* living.comeToRest(recovery.system, moment);
  }
  for (const failure of world.failures) living.breaks('controlled', failure, moment);
  const { broken, costs, booted, checks } = living;
  const { recoveredAt, recoverySteps } = recovery;
  return { start, world, broken, costs, recoveredAt, recoverySteps, booted, checks };
}
