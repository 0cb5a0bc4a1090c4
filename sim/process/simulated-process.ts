/**
 * The process of a life: its listeners, its exit code, and its end. A life ends here as a process ends in Node: by
 * `process.exit`, by a signal, by `abort`, or by an error that nothing caught.
 */

import { EventEmitter } from 'node:events';
import { active } from './active-life.js';
import type { GuardedLife } from './guarded-life.js';
import { type ErrorOrigin, PROCESS_ENDED, type ProcessEnd } from './process-end.js';

/** Node's exit codes. */
const UNCAUGHT = 1;
const UNCAUGHT_IN_HANDLER = 7;

/** What Node keeps in `process`, for one life. */
export class SimulatedProcess {
  /** Shows the members of `process` to listeners, which find it in `this`, and has listeners of its own. */
  readonly events: EventEmitter = Object.create(process);
  /** `process.exitCode`, while none of this life's code runs. */
  savedExitCode: typeof process.exitCode;
  isExiting = false;
  /** Set by `process.setUncaughtExceptionCaptureCallback`. */
  capture: ((error: unknown) => void) | null = null;

  constructor(private readonly life: GuardedLife) {
    EventEmitter.call(this.events);
  }

  emit(name: string | symbol, ...args: readonly unknown[]): boolean {
    return Reflect.apply(EventEmitter.prototype.emit, this.events, [name, ...args]);
  }

  /** `process.exit()`: never returns, but throws what ends the caller, or what an 'exit' listener throws. */
  exit(): unknown {
    this.announceExit();
    const reallyExit: unknown = Reflect.get(process, 'reallyExit'); // not in Node's types; whatever holds in this life
    return typeof reallyExit === 'function'
      ? Reflect.apply(reallyExit, process, [this.exitCode()])
      : this.end({ kind: 'exit', code: this.exitCode() });
  }

  /** The code with which the process would end now. */
  exitCode(): number {
    return Number((active.life === this.life ? process.exitCode : this.savedExitCode) ?? 0);
  }

  private isHandled(error: unknown, origin: ErrorOrigin): boolean {
    if (this.capture === null) return this.emit('uncaughtException', error, origin);
    this.capture(error);
    return true;
  }

  private announceExit(): void {
    if (this.isExiting) return;
    this.isExiting = true;
    const code = this.exitCode();
    // By its property: a package may have put itself in its place.
    if (active.life === this.life) process.emit('exit', code);
    else this.emit('exit', code);
  }

  end(end: ProcessEnd): never {
    this.life.end?.(end);
    throw PROCESS_ENDED;
  }

  /**
   * What Node does with an error that nothing caught: asks the life's own handlers, and ends its process where there are
   * none. Never throws.
   */
  uncaught(error: unknown, origin: ErrorOrigin): void {
    if (error === PROCESS_ENDED || this.life.isOver === true) return;
    try {
      this.emit('uncaughtExceptionMonitor', error, origin);
      if (this.isHandled(error, origin)) return;
    } catch (thrown) {
      // A handler of uncaught errors that throws, or ends the process.
      this.life.end?.({ kind: 'uncaught', error: thrown, origin, code: UNCAUGHT_IN_HANDLER });
      return;
    }
    try {
      if (!this.isExiting && active.life === this.life) process.exitCode = UNCAUGHT;
      this.announceExit();
    } catch {
      // As in Node: the process is ending, whatever its last listeners do.
    }
    this.life.end?.({ kind: 'uncaught', error, origin, code: this.exitCode() || UNCAUGHT });
  }
}

const processes = new WeakMap<GuardedLife, SimulatedProcess>();

export const processOf = (life: GuardedLife): SimulatedProcess => {
  const known = processes.get(life);
  if (known !== undefined) return known;
  const made = new SimulatedProcess(life);
  processes.set(life, made);
  return made;
};

/** Calls a callback of the program's as the runtime does: what it throws passes through no promise. */
export const callBack = (life: GuardedLife, callback: () => unknown): void => {
  if (life.isOver === true) return;
  try {
    callback();
  } catch (error) {
    processOf(life).uncaught(error, 'uncaughtException');
  }
};

/** The host's, while a life's code runs. Node allows no other accessor in place of `process.exitCode`. */
let hostExitCode: typeof process.exitCode;

/** From here on `process` is that of `life`. */
export const enterProcess = (life: GuardedLife): void => {
  hostExitCode = process.exitCode;
  const saved = processes.get(life)?.savedExitCode;
  if (saved !== hostExitCode) process.exitCode = saved;
};

/** From here on `process` is the host's again. */
export const leaveProcess = (life: GuardedLife): void => {
  const { exitCode } = process;
  if (exitCode !== processes.get(life)?.savedExitCode) processOf(life).savedExitCode = exitCode;
  if (exitCode !== hostExitCode) process.exitCode = hostExitCode;
};
