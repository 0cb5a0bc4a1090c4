/** What went wrong with one suite while it was loaded or explored: told, and put into its result as the reason for no verdict. */
import type { StopReason, UndecidedReason } from '../../sim/result/result.js';
import type { Unit } from '../messages/messages.js';
import type { Answer } from '../messages/task-worker.js';
import { knownCode, UsageError } from '../usage-error.js';
import { WorkerDied, WorkerLate, WorkerStuck } from './worker-process.js';

export interface Trouble {
  /** SUITE_STUCK, WORKER_DIED, TIME_UP, or the code of the error. */
  readonly code: UsageError['code'];
  /** One line, as what follows the suite's name, without the full stop. */
  readonly message: string;
  /** For who asks for it, by POWERCUT_DEBUG=1. */
  readonly stack: string | undefined;
}

/** What a person calls the suite by. */
export const unitName = ({ reference, suite }: Pick<Unit, 'reference' | 'suite'>): string =>
  reference.kind === 'shipped' ? suite.name : `${suite.name} (${reference.argument})`;

/** Why a task has no answer. */
export const unansweredBy = (answer: Answer): Error => {
  if (answer.kind !== 'failed') return new WorkerDied(`it answered '${answer.kind}' to another question`);
  const error = new UsageError(knownCode(answer.code), answer.message);
  if (answer.stack !== undefined) error.stack = answer.stack;
  return error;
};

/** @throws what was thrown, where it is a fault of this process and none of a suite's */
export const troubleOf = (thrown: unknown): Trouble => {
  if (thrown instanceof WorkerStuck) {
    const { message, stackOfSuite } = thrown;
    const stack =
      stackOfSuite.length === 0 ? undefined : stackOfSuite.map((frame) => `    at ${frame}`).join('\n');
    return { code: 'SUITE_STUCK', message, stack };
  }
  if (thrown instanceof WorkerLate) return { code: 'TIME_UP', message: thrown.message, stack: undefined };
  if (thrown instanceof WorkerDied)
    return { code: 'WORKER_DIED', message: `its worker died: ${thrown.message}`, stack: undefined };
  if (!(thrown instanceof UsageError)) throw thrown;
  return { code: thrown.code, message: thrown.message.replace(/\.$/, ''), stack: thrown.stack };
};

/** As the reason that a result gives which has nothing else to say. */
export const doubtOf = ({ code, message }: Trouble): UndecidedReason => {
  if (code === 'WORKER_DIED') return { code, message: `${message}.` };
  if (code === 'TIME_UP') return { code: 'NOTHING_EXPLORED', message: `${message}.` };
  return { code: 'SUITE_FAILED', message: `${message} (${code}).` };
};

/** True for trouble that takes nothing away from what was finished before it. */
export const isHarmless = ({ code }: Trouble): boolean => code === 'TIME_UP';

export const stopOf = ({ code }: Trouble): StopReason => {
  if (code === 'WORKER_DIED') return { kind: 'worker-death' };
  return code === 'TIME_UP' ? { kind: 'time' } : { kind: 'suite-failed' };
};
