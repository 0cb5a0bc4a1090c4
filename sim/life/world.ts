/**
 * One simulated computer, for one life: a disk made from an image, a clock, randomness, and the record of all that
 * happened. It hands the program its environment. Nothing in it outlives the life but what the journal holds.
 */

import { ReadRecorder } from '../disk/crash-model/image-reads.js';
import { Journal } from '../disk/crash-model/journal.js';
import { FaultInjector } from '../disk/faults/fault-injector.js';
import { Kernel } from '../disk/kernel/kernel.js';
import { ObservedCalls, type StepObserver } from '../disk/kernel/observed-calls.js';
import { WRITE_THROUGH } from '../disk/kernel/open-flags.js';
import { createFileSystem } from '../disk/node-fs/fs-promises.js';
import { createNodeFs } from '../disk/node-fs/node-fs.js';
import { ProgramFiles } from '../disk/program-files.js';
import { RefusalsMet } from '../guard/refusals-met.js';
import { PROCESS_ENDED, type ProcessEnd } from '../process/process-end.js';
import { callBack } from '../process/simulated-process.js';
import type { UncontrolledEffect } from '../process/uncontrolled-effect.js';
import type { Note, UndecidedReason } from '../result/result.js';
import type { Disturbance } from '../scheduler/disturbances.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import { VirtualClock } from '../scheduler/virtual-clock.js';
import { findNotJson, notJsonPhrase } from '../suite/assert-json.js';
import { advance, type HistoryEvent, type HistoryState, historyKey, jsonIdentity } from '../suite/history.js';
import { DEFAULT_CLOCK, DEFAULT_LIMITS } from '../suite/limits.js';
import type { Locale } from '../suite/locale.js';
import type { Json, SimulatedEnvironment } from '../suite/suite.js';
import { codedError } from '../util/errors.js';
import { stream, uuid } from '../util/seeded-streams.js';
import { type Caller, caller } from './call-sites/call-site.js';
import type { Origin, Origins } from './call-sites/origins.js';
import { thrownAt } from './call-sites/thrown-at.js';
import { describeEndOfProcess, type Ended, failureOf } from './ended.js';
import type { Step } from './step.js';
import type { LifeLimits, WorldFaults, WorldOptions } from './world-options.js';

/** Simulated time begins here, and at the same distance from it in every life with equal knowledge. */
const EPOCH_MS = Date.UTC(2030, 0, 1);

/** Among the files of an origin: the client, whom no file belongs to. */
const CLIENT = 'client';

interface Asker extends Caller {
  readonly through: Origin;
}

export interface Disturbed {
  readonly disturbance: Disturbance;
  readonly steps: number;
}

const STEPS_PER_LOOK = 64;

export class World implements StepObserver {
  readonly journal = new Journal();
  /** What the life reads of its image, where that is noted. */
  readonly imageReads: ReadRecorder | undefined;
  readonly steps: Step[] = [];
  /** What upset the timing so far, each with the number of steps before it. */
  readonly disturbed: Disturbed[] = [];
  readonly marks = new Set<string>();
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly faults: FaultInjector | undefined;
  private readonly kernel: Kernel;
  private readonly calls: ObservedCalls;
  readonly environment: SimulatedEnvironment;
  readonly random: { uint32(): number; uuid(): string };
  /** Unhandled errors, and effects outside the world's control. Each fails the life. */
  readonly failures: string[] = [];
  readonly refusals = new RefusalsMet();
  /** What this life may do before it counts as endless. */
  readonly limits: LifeLimits;
  /** Harmless things worth knowing: they go into the result's `notes`, each one once. */
  readonly notes: Note[] = [];
  /** What keeps this life from proving anything: the result's verdict is then 'undecided'. */
  readonly doubts: UndecidedReason[] = [];
  /** What the program did that only a mistake in its suite can be: it ends the exploration. */
  mistake: { readonly code: 'EFFECT_NOT_JSON'; readonly what: string } | undefined;
  readonly prints: boolean;
  readonly locale: Locale | undefined;
  readonly reads: readonly string[] | undefined;
  private files: ProgramFiles | undefined;
  /** Set by who drives it: whether there is no more time for this life. */
  isOverdue: () => boolean = () => false;
  /** Its outcome is no longer needed. */
  isAbandoned = false;
  /** How the program's process ended; undefined while it runs. */
  ended: Ended | undefined;
  /** Called after each step. */
  afterStep: () => void = () => undefined;
  private timerSetAt: string | undefined;
  private readonly sites: boolean;
  private readonly origins: Origins | undefined;
  private state: HistoryState;
  private entriesBefore = 0;
  /** Where the call now taking effect was made: by then the stack shows only the scheduler. */
  private caller: Asker | undefined;
  /** A call of the scheduler's is taking effect; any other is synchronous, and the program stands still meanwhile. */
  private isInTurn = false;

  constructor(options: WorldOptions) {
    const { image, history, scheduling, skewMs = 0, sites = false, prints = false, faults } = options;
    // Time and chance follow from what is known outside, not from the disk: what a life never reads makes no difference to it.
    const known = history.commands.length + history.effects.length;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.clock = new VirtualClock(EPOCH_MS + (options.gapMs ?? DEFAULT_CLOCK.gapMs) * known + skewMs);
    const scheduler = scheduling(
      this.clock,
      (disturbance) => this.disturbed.push({ disturbance, steps: this.steps.length }),
      this.limits.callsPerLife,
    );
    const asksForSites = faults?.plans.some(({ at }) => at?.site !== undefined) ?? false;
    const noted = sites || asksForSites ? this.noting(scheduler) : scheduler;
    this.scheduler = faults === undefined ? noted : this.delaying(noted);
    this.sites = sites;
    this.origins = options.origins;
    this.prints = prints;
    this.locale = options.locale;
    this.reads = options.reads;
    this.state = history;
    this.imageReads =
      options.notesReads === true ? new ReadRecorder(image, options.series ?? history.crashes) : undefined;
    const { series = history.crashes } = options;
    const key = `${historyKey(history)} ${series}`;
    const program = stream(key, 'program');
    const uint32 = (): number => {
      this.imageReads?.random();
      return program.uint32();
    };
    this.random = { uint32, uuid: () => uuid({ uint32 }) };
    this.kernel = new Kernel(image, this.clock.now);
    this.kernel.attach(this.journal, this.imageReads);
    this.faults = faults === undefined ? undefined : this.injector(faults, key, history.crashes === 0);
    this.calls = new ObservedCalls(this.faults ?? this.kernel, this.journal, this);
    this.environment = {
      fs: createFileSystem(this.calls, this.scheduler),
      writeThrough: WRITE_THROUGH,
      clock: { now: this.clock.now, schedule: (delayMs, callback) => this.schedule(delayMs, callback) },
      random: this.random,
      mark: (name) => {
        if (!this.isOver) this.marks.add(name);
      },
      outside: (effect) => this.outside(effect),
    };
  }

  /** What the program's clock said at the end of a step, by its index; before the first one, at the start of the life. */
  clockMsAt(index: number): number {
    const set = this.disturbed.filter(
      ({ disturbance, steps }) => disturbance.kind === 'jump' && steps <= index,
    );
    const setMs = set.reduce((sum, { disturbance }) => sum + disturbance.ms, 0);
    return this.clock.startMs + setMs + (this.steps[index]?.timeMs ?? 0);
  }

  /** What the outside world knows now. */
  get history(): HistoryState {
    return this.state;
  }

  /** The outside world learns something. A step, as the power may fail right before and right after. */
  learn(event: HistoryEvent, operation: string, label: string): void {
    this.before();
    this.state = advance(this.state, event);
    this.journal.observed(event);
    this.after(operation, label, 0, 0, 0);
  }

  /** @throws what ends its caller, where the process has ended: then no call has any effect */
  before(): void {
    // A program in an endless loop of calls never yields: no other code can check the time.
    if (this.steps.length % STEPS_PER_LOOK === 0) this.isAbandoned ||= this.isOverdue();
    if (this.isOver) throw PROCESS_ENDED;
    this.entriesBefore = this.journal.entries.length;
  }

  after(
    operation: string,
    path: string,
    offset: number,
    length: number,
    result: number | string,
    place?: string,
  ): void {
    this.journal.hash.text(operation).text(path).int(offset).int(length);
    if (typeof result === 'number') this.journal.hash.int(result);
    else this.journal.hash.text(result);
    const by = this.sites ? (this.caller ?? this.asker()) : undefined;
    this.steps.push({
      operation,
      path,
      offset,
      length,
      result,
      timeMs: this.clock.elapsedMs,
      entriesStart: this.entriesBefore,
      entriesEnd: this.journal.entries.length,
      site: this.sites ? (place ?? by?.site) : undefined,
      askedBy: by?.askedBy ?? [],
      functions: by?.functions ?? [],
      through: by?.through ?? [],
      fault: this.faults?.takeStruck(),
    });
    if (this.faults !== undefined && !this.isInTurn)
      this.clock.passTo(this.clock.elapsedMs + this.faults.takeDelayMs());
    this.afterStep();
  }

  // --- what the guard serves to code that reaches past its environment ------------------------------------------

  readonly hostWork: (() => Promise<void>)[] = [];

  now(): number {
    return this.clock.now();
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const setAt = this.sites ? caller()?.site : undefined;
    return this.scheduler.schedule(delayMs, () => {
      this.timerSetAt = setAt;
      callBack(this, callback);
      this.timerSetAt = undefined;
    });
  }

  get umask(): number {
    return this.kernel.umask;
  }

  set umask(mask: number) {
    this.kernel.umask = mask;
  }

  get isOver(): boolean {
    return this.ended !== undefined || this.isAbandoned;
  }

  end(end: ProcessEnd): void {
    if (this.isOver) return;
    if (end.kind === 'uncaught') this.unhandled(end.error);
    const text = describeEndOfProcess(end);
    const place = end.kind === 'uncaught' ? (thrownAt(end.error) ?? this.failedAt(text)) : caller()?.site;
    this.before();
    this.after('end', text, 0, 0, end.kind === 'signal' ? end.signal : end.code, place);
    this.ended = { kind: end.kind, text, place, timerSetAt: this.timerSetAt };
  }

  /** The site of the call whose error `text` quotes. Such an error has no stack of the program. */
  private failedAt(text: string): string | undefined {
    const isBehind = ({ result, path }: Step): boolean =>
      typeof result === 'string' && text.includes(result) && text.includes(`'${path}'`);
    return this.steps.findLast(isBehind)?.site;
  }

  randomUint32(): number {
    return this.random.uint32();
  }

  nodeFs(): object {
    return createNodeFs(this.calls, this.scheduler, this.environment.clock, this.environment.fs);
  }

  programFiles(): ProgramFiles {
    this.files ??= new ProgramFiles(this.scheduler, this.environment.clock);
    return this.files;
  }

  report(effect: UncontrolledEffect, refusal?: Error): void {
    if (refusal === undefined) this.failures.push(failureOf(effect));
    else this.refusals.add(effect, refusal);
  }

  note(code: string, message: string): void {
    if (this.notes.every((known) => known.code !== code)) this.notes.push({ code, message });
  }

  ranAddon(addon: string): void {
    const message =
      `The native addon ${addon} ran in a life. Its effects are real: they are outside the simulation and survive every power cut. ` +
      'Hand the program a simulated peer in its place.';
    if (this.doubts.every((doubt) => doubt.message !== message))
      this.doubts.push({ code: 'NATIVE_ADDON', message });
  }

  /** The program did not handle `error`: a refusal that it is, or that lies behind it, fails the life. */
  unhandled(error: unknown): void {
    for (const effect of this.refusals.takeBehind(error)) this.failures.push(failureOf(effect));
  }

  /** `scheduler`, with the call site of each call noted when it is made. */
  private noting(scheduler: Scheduler): Scheduler {
    const onBehalfOf = (find: () => Asker | undefined): Scheduler => ({
      ...scheduler,
      schedule: (delayMs, callback) => scheduler.schedule(delayMs, this.bound(callback)),
      perform: (act) => {
        const by = find();
        return scheduler.perform(() => {
          this.caller = by;
          try {
            return act();
          } finally {
            this.caller = undefined;
          }
        });
      },
      forCaller: () => {
        const by = find();
        return onBehalfOf(() => by);
      },
    });
    return onBehalfOf(() => this.asker());
  }

  private asker(): Asker | undefined {
    const by = caller();
    return by === undefined ? undefined : { ...by, through: this.origins?.here() ?? [] };
  }

  /** A timer's callback, called on behalf of the code that set it. */
  private bound(callback: () => void): () => void {
    const { origins } = this;
    if (origins === undefined) return callback;
    const origin = origins.here();
    return () => origins.run(origin, callback);
  }

  /** Calls the program as the client: the origin of its calls is the client. */
  asClient<T>(act: () => T): T {
    return this.origins === undefined ? act() : this.origins.run([CLIENT], act);
  }

  private injector(
    { plans, model, seed, on, strikes }: WorldFaults,
    key: string,
    firstLife: boolean,
  ): FaultInjector {
    const draw = seed === undefined ? undefined : stream(`${seed}:${key}`, 'fault').below;
    const site = (): string | undefined => (this.caller ?? caller())?.site;
    return new FaultInjector(this.kernel, { plans, model, firstLife, draw, site, on, strikes });
  }

  /** `scheduler`, with calls that a fault makes slow: they take effect in their turn, and return later. */
  private delaying(scheduler: Scheduler): Scheduler {
    return {
      ...scheduler,
      perform: async (act) => {
        let delayMs = 0;
        try {
          return await scheduler.perform(() => {
            this.isInTurn = true;
            try {
              return act();
            } finally {
              this.isInTurn = false;
              delayMs = this.faults?.takeDelayMs() ?? 0;
            }
          });
        } finally {
          if (delayMs > 0) await new Promise<void>((resolve) => void scheduler.schedule(delayMs, resolve));
        }
      },
    };
  }

  private outside(effect: Json): void {
    const found = findNotJson(effect, '-0');
    if (found !== undefined) {
      const what = `has an outside effect that is not JSON: ${notJsonPhrase(found)}`;
      this.mistake ??= { code: 'EFFECT_NOT_JSON', what };
      throw codedError('EFFECT_NOT_JSON', `An outside effect is not JSON: ${notJsonPhrase(found)}.`);
    }
    // A copy: what the program does to the object later did not happen outside.
    const posted = JSON.parse(jsonIdentity(effect)) as Json; // it was just printed from JSON
    this.learn({ kind: 'effect', effect: posted }, 'outside', jsonIdentity(posted));
  }
}
