/**
 * One life, as the outside world lives it: the power comes on, the program boots and settles, invariants are checked,
 * the client retries what it does not know the outcome of and goes on, and invariants are checked again.
 */

import { PROCESS_ENDED } from '../process/process-end.js';
import { copyOfJson } from '../suite/assert-json.js';
import { BUILT_IN } from '../suite/built-in-rules.js';
import { historyForCheck, indexOfCommand, jsonIdentity, seenOf } from '../suite/history.js';
import { rejection } from '../suite/outcomes.js';
import type { CheckMoment, Json, Outcome, Suite, SuiteInvariant } from '../suite/suite.js';
import {
  acknowledgement,
  costsOfSystem,
  faultOf,
  isAtStake,
  labelOf,
  observedOf,
  systemOf,
} from '../suite/suite-answers.js';
import { suiteError } from '../suite/suite-registry.js';
import { thrownText } from '../util/errors.js';
import { bootFailed, withSite } from './boot-failed.js';
import { type Driven, OVER, type Settled, until } from './drive.js';
import type { Broken, LifeRecord, LifeStart, LiveOptions } from './life-record.js';
import { worldOf } from './life-world.js';
import { type Started, startsWhenRestarted } from './restarts.js';
import { StateWatcher } from './shown-states.js';
import type { World } from './world.js';

/** In place of a system that did not start, or did not become idle. */
const NONE = Symbol('no system');

/** What came of the power coming on. */
interface Recovery {
  readonly system: unknown;
  readonly recoveredAt: number;
  readonly recoverySteps: number;
}

/** When what shows at the end of a life shows. */
const momentOfEnd = ({ history }: LifeStart): CheckMoment => (history.crashes > 0 ? 'lived-on' : 'at-rest');

/** The state of one life while it is lived. */
class LifeRun {
  readonly broken: Broken[] = [];
  costs: Readonly<Record<string, number>> = {};
  booted = false;
  readonly checks: { checked: number; atStake: number }[];
  private recovered: Recovery | undefined;
  private checking: SuiteInvariant | undefined;
  private isObserving = false;
  readonly watcher: StateWatcher | undefined;

  constructor(
    readonly suite: Suite,
    readonly world: World,
    readonly options: LiveOptions,
  ) {
    this.checks = suite.invariants.map(() => ({ checked: 0, atStake: 0 }));
    this.watcher = options.looksAlong && new StateWatcher(suite, world, options.looksAlong);
  }

  /**
   * Notes a broken rule; not where a planned fault struck at which a program may rightly stop, nor where something was found
   * broken earlier in this life: what a program does then only follows from it.
   */
  breaks(invariant: keyof typeof BUILT_IN, message: string, moment: CheckMoment, place?: string): void {
    if (this.broken.length > 0) return;
    this.note(invariant, message, moment, place);
  }

  private note(rule: keyof typeof BUILT_IN, message: string, moment: CheckMoment, place?: string): void {
    if (this.world.faults?.excuses === true) return;
    const at = place === undefined ? {} : { place };
    this.broken.push({ invariant: rule, statement: BUILT_IN[rule], message, moment, ...at });
  }

  /** What reached past the simulation follows from nothing that is broken: more likely it is what breaks it. */
  private noteUncontrolled(moment: CheckMoment): void {
    for (const failure of this.world.failures) this.note('controlled', failure, moment);
  }

  /** @throws SimulatorError for what the program did that only a mistake in the suite can be: an effect that is not JSON */
  refuseMistakes(): void {
    const { mistake } = this.world;
    if (mistake !== undefined) throw suiteError(this.suite, mistake.code, mistake.what);
  }

  *settle(system: unknown, moment: CheckMoment): Driven<boolean> {
    const { settle } = this.suite;
    if (settle === undefined) return true;
    const settled = yield* until(this.world, () => settle(system));
    if (settled.status === 'fulfilled') return true;
    this.breaks(
      'rests',
      settled.status === 'stuck'
        ? `It never became idle: ${settled.why}.`
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
    this.checking = suite.invariants[0];
    const checked = yield* until(world, async () => {
      for (const [index, invariant] of suite.invariants.entries()) {
        this.checking = invariant;
        const count = this.checks[index];
        if (count !== undefined) {
          count.checked += 1;
          if (isAtStake(suite, invariant, historyForCheck(history), moment)) count.atStake += 1;
        }
        let answer: unknown;
        try {
          answer = await invariant.check(historyForCheck(history), system, moment);
        } catch (error) {
          world.unhandled(error);
          answer = `The check failed: ${thrownText(error)}`;
        }
        if (world.isOver) return;
        const fault = faultOf(suite, invariant, answer);
        if (fault !== undefined && !broken.some((known) => known.invariant === invariant.name)) {
          broken.push({ invariant: invariant.name, statement: invariant.statement, ...fault, moment });
        }
      }
    });
    if (checked.status === 'rejected') throw checked.error;
    if (checked.status === 'stuck') this.uncheckable(`The check never ended: ${checked.why}.`, moment);
    this.checking = undefined;
    world.faults?.suspend(false);
  }

  /** The invariant under check can't be said to hold. */
  private uncheckable(message: string, moment: CheckMoment): void {
    if (this.checking === undefined) return;
    const { name, statement } = this.checking;
    this.broken.push({ invariant: name, statement, message, moment });
  }

  *see(system: unknown): Driven<void> {
    const { observe } = this.suite;
    if (observe === undefined) return;
    this.isObserving = true;
    const seen = yield* until(this.world, () => observe(system));
    this.isObserving = false;
    if (seen.status !== 'fulfilled') {
      const why = seen.status === 'stuck' ? seen.why : thrownText(seen.error);
      this.world.notes.push({ code: 'OBSERVE_FAILED', message: `In some life 'observe' failed: ${why}.` });
      return;
    }
    const identity = jsonIdentity(observedOf(this.suite, seen.value));
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
    // What a program throws is an answer: this is a mistake in the suite.
    if (sent.status === 'rejected') throw sent.error;
    this.breaks('answers', `A command was never answered: ${sent.why}.`, moment);
    return false;
  }

  private async perform(system: unknown, index: number): Promise<void> {
    const { world, suite } = this;
    const command = this.options.workload[index];
    if (command === undefined) return;
    const label = labelOf(suite, command, jsonIdentity);
    await world.scheduler.perform(() => world.learn({ kind: 'sent', index, command }, 'send', label));
    const { commands } = world.history;
    const attempt = commands[indexOfCommand(commands, index)]?.attempts ?? 1;
    let outcome: Outcome<Json> | undefined;
    let result: unknown;
    try {
      // Each attempt has a copy of its own: a program may change what it is given, and what was sent stays as it was.
      const given = copyOfJson(command);
      result = await world.asClient(() => suite.perform(system, given, { index, attempt }));
    } catch (error) {
      world.unhandled(error);
      // A call failed that may have taken effect: so may the command.
      if (world.faults?.excuses === true) return;
      outcome = rejection(error);
    }
    // A program that caught what ended it: its client hears nothing any more.
    if (world.isOver) return;
    outcome ??= acknowledgement(suite, result);
    world.learn(
      { kind: 'ended', index, outcome },
      outcome.status === 'acknowledged' ? 'acknowledge' : 'reject',
      label,
    );
  }

  /** Power on: boots and, unless the clients do not wait, runs the program until it is idle and observes it. */
  *recover({ history }: LifeStart): Driven<Recovery> {
    const { world, suite } = this;
    const afterCrash = history.crashes > 0;
    const booted = yield* until(world, () => suite.boot(world.environment));
    this.refuseMistakes();
    if (booted.status !== 'fulfilled') {
      const why = booted.status === 'stuck' ? `it does not end: ${booted.why}` : thrownText(booted.error);
      if (!afterCrash && world.faults?.excuses !== true) throw bootFailed(suite, why, world, booted);
      this.breaks('recovers', `The program does not start again: ${why}.`, 'recovered');
      return this.recoveredWith(NONE);
    }
    const system = systemOf(suite, booted.value);
    this.booted = true;
    this.watcher?.watch(system);
    if (this.options.conditions?.isHasty === true) return this.recoveredWith(system);
    world.scheduler.calm(true);
    if (!(yield* this.settle(system, afterCrash ? 'recovered' : 'at-rest'))) return this.recoveredWith(NONE);
    const recovery = this.recoveredWith(system);
    if (afterCrash && world.faults?.excuses !== true) {
      yield* this.check(system, 'recovered');
      // After the check: what was lost or stale is counted by looking.
      this.costs = costsOfSystem(suite, system);
      yield* this.see(system);
    }
    world.scheduler.calm(false);
    return recovery;
  }

  private recoveredWith(system: unknown): Recovery {
    const { journal, steps } = this.world;
    this.recovered = { system, recoveredAt: journal.entries.length, recoverySteps: steps.length };
    return this.recovered;
  }

  /** Whether it received a command. */
  get hasStarted(): boolean {
    return this.recovered !== undefined;
  }

  /** Of a life that ended while it started: all of it. */
  get recovery(): Recovery {
    return this.recovered ?? this.recoveredWith(NONE);
  }

  /** All commands are sent: from now on there are no faults, and the program must become idle. */
  *comeToRest(system: unknown, moment: CheckMoment): Driven<void> {
    const { world, suite } = this;
    world.faults?.stop();
    world.scheduler.calm(true);
    // What it does after it has met a failure is judged where it has been started again: every such state is a crash state.
    if (world.faults?.excuses === true) return;
    if (!(yield* this.settle(system, moment))) return;
    yield* this.check(system, moment);
    if (moment === 'at-rest') this.costs = costsOfSystem(suite, system);
    yield* this.see(system);
    const { shutdown } = suite;
    if (shutdown === undefined || this.options.conditions?.isShutDown !== true) return;
    const stopped = yield* until(world, () => shutdown(system));
    if (stopped.status === 'stuck') this.breaks('stops', `It never stopped: ${stopped.why}.`, moment);
    if (stopped.status === 'rejected')
      this.breaks('stops', `Stopping failed: ${thrownText(stopped.error)}`, moment);
  }

  *toItsEnd(start: LifeStart): Driven<void> {
    const moment = momentOfEnd(start);
    const { system } = yield* this.recover(start);
    if (system !== NONE && (yield* this.send(system, this.indexesToSend(start), moment)))
      yield* this.comeToRest(system, moment);
    this.noteUncontrolled(moment);
  }

  /** The program's process has ended before its time: says whether it may. */
  *judgeEnd(start: LifeStart): Driven<void> {
    const { world, suite } = this;
    const { ended } = world;
    if (ended === undefined) throw new Error('A life is judged by its end, and has none.');
    if (!this.hasStarted) {
      const why = `its process ${ended.text}`;
      if (world.faults?.excuses === true) return;
      const { entries } = world.journal;
      const again = (at: LifeStart) => started(suite, at, this.options);
      if (ended.kind !== 'uncaught' && (yield* startsWhenRestarted(suite, start, entries, again))) return;
      if (start.history.crashes === 0) throw bootFailed(suite, withSite(why, ended), world);
      this.breaks('recovers', `The program does not start again: ${why}.`, 'recovered', ended.place);
      return this.noteUncontrolled('recovered');
    }
    const moment = momentOfEnd(start);
    if (world.faults?.excuses !== true)
      this.uncheckable(`Its check can't be finished: the process ${ended.text}.`, moment);
    if (this.isObserving) {
      const why = `the process ${withSite(ended.text, ended)} while 'observe' looks at the system`;
      world.doubts.push({
        code: 'SUITE_FAILED',
        message: `In some life ${why}. Nothing is checked after that.`,
      });
    }
    // A refusal that the program did not catch is reported as that.
    this.noteUncontrolled(moment);
    if (ended.kind === 'uncaught' && world.failures.length === 0)
      this.breaks('controlled', `The process ${ended.text}.`, moment, ended.place);
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

/** Starts the program, and lives no further. */
function* started(suite: Suite, start: LifeStart, options: LiveOptions): Driven<Started> {
  const world = worldOf(suite, start, options);
  const living = new LifeRun(suite, world, options);
  const { entries } = world.journal;
  try {
    const { system } = yield* living.recover(start);
    return { state: system === NONE ? 'failed' : 'up', entries };
  } catch (thrown) {
    if (thrown !== PROCESS_ENDED) throw thrown;
    if (living.hasStarted) return { state: 'up', entries };
    return { state: world.ended?.kind === 'uncaught' ? 'failed' : 'ended', entries };
  }
}

/** Lives one life to its end. @throws Error 'SUITE_BOOT_FAILED' when it does not even start on an empty disk */
export function* runLife(suite: Suite, start: LifeStart, options: LiveOptions): Driven<LifeRecord> {
  const world = worldOf(suite, start, options);
  const living = new LifeRun(suite, world, options);
  try {
    yield* living.toItsEnd(start);
  } catch (thrown) {
    if (thrown !== PROCESS_ENDED) throw thrown;
    yield* living.judgeEnd(start);
  }
  yield OVER;
  living.refuseMistakes();
  const { broken, costs, recovery, booted, checks, watcher } = living;
  const { recoveredAt, recoverySteps } = recovery;
  const shown = watcher === undefined ? {} : { shown: watcher.states };
  return { start, world, broken, costs, recoveredAt, recoverySteps, booted, checks, ...shown };
}
