/** A life's system calls, seen from outside: the life counts each of them as a step, and watchers hear of each that takes effect. */
import { errorCode } from '../../util/errors.js';
import type { Journal, JournalEntry } from '../crash-model/journal.js';
import { CallDecorator } from './call-decorator.js';
import type { SystemCall, SystemCalls } from './system-calls.js';

/** What a life learns of each system call. */
export interface StepObserver {
  /** Called before the call takes effect; may throw, and then it does not. */
  before(operation: string, path: string, offset: number, length: number): void;
  /** Called when it is over: `result` is a count or the code of the error it failed with. */
  after(operation: string, path: string, offset: number, length: number, result: number | string): void;
}

/** A system call that has taken effect, with what it has journalled. */
export interface EffectiveCall extends SystemCall {
  readonly entries: readonly JournalEntry[];
  /** How many bytes it has written. */
  readonly result: unknown;
}

export class ObservedCalls extends CallDecorator {
  /** Hears of each call that has taken effect, where somebody watches the disk. */
  whenEffective: ((call: EffectiveCall) => void) | undefined;

  /** @param observer undefined: the calls are no steps of any life */
  constructor(
    calls: SystemCalls,
    private readonly journal?: Journal,
    private readonly observer?: StepObserver,
  ) {
    super(calls);
  }

  protected around<T>(call: SystemCall, act: (length: number) => T): T {
    const { operation, path, offset, length } = call;
    this.observer?.before(operation, path, offset, length);
    const first = this.journal?.entries.length ?? 0;
    let result: T;
    try {
      result = act(length);
    } catch (error) {
      this.hear(call, first, undefined);
      this.observer?.after(operation, path, offset, length, errorCode(error) ?? 'ERROR');
      throw error;
    }
    this.hear(call, first, result ?? 0);
    this.observer?.after(operation, path, offset, length, typeof result === 'number' ? result : 0);
    return result;
  }

  /** @param result undefined: the call has failed */
  private hear(call: SystemCall, first: number, result: unknown): void {
    if (this.whenEffective === undefined) return;
    const entries = this.journal?.entries.slice(first) ?? [];
    // A call that fails may have done its work before.
    if (result !== undefined || entries.length > 0) this.whenEffective({ ...call, entries, result });
  }
}
