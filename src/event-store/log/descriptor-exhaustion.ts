/**
 * Errors of a machine that has run out of disk space, descriptors or memory. They are temporary: no caller is at fault, and
 * nothing stops permanently.
 */
import { errorCode } from '../../thrown.js';
import { StoreFullError, StoreUnavailableError } from '../errors.js';

const DISK_FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const NO_RESOURCES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);
const REFUSALS: ReadonlySet<string> = new Set(['STORE_FULL', 'STORE_UNAVAILABLE']);

/** Whether the same call may succeed later, with nothing else done than to wait. */
export const isExhaustion = (error: unknown): boolean => {
  const code = errorCode(error) ?? '';
  return DISK_FULL.has(code) || NO_RESOURCES.has(code) || REFUSALS.has(code);
};

/** What an append is refused with when it left nothing behind; undefined for any other error than exhaustion. */
export const refusalOf = (error: unknown): StoreFullError | StoreUnavailableError | undefined => {
  if (error instanceof StoreFullError || error instanceof StoreUnavailableError) return error;
  const code = errorCode(error) ?? '';
  const cause = { cause: error };
  if (DISK_FULL.has(code))
    return new StoreFullError('The disk is full: the append was refused. Make room and repeat it.', cause);
  if (!NO_RESOURCES.has(code)) return undefined;
  const what = code === 'ENOMEM' ? 'memory' : 'file descriptors';
  return new StoreUnavailableError(
    `The system is out of ${what} (${code}): the append was refused. Repeat it when there are some again.`,
    cause,
  );
};
