/** Errors that the command line reports in one line, and readers of what suites throw. */
import type { MergeErrorCode } from '../reports/result/merge.js';
import type { ResultErrorCode } from '../reports/result/read-result.js';
import {
  errorCode,
  SIMULATOR_ERROR_CODES,
  type SimulatorErrorCode,
  thrownParts,
} from '../sim/util/errors.js';
import { PowercutError } from '../src/powercut-error.js';

const USAGE_ERROR_CODES = [
  'BUILTIN_CHANGED',
  'CAMPAIGN_DIFFERS',
  'CAMPAIGN_KEY_MISSING',
  'CAMPAIGN_NOT_FOUND',
  'CONFIG_INVALID',
  'CONFIG_UNREADABLE',
  'GITHUB_RATE_LIMIT',
  'GITHUB_REFUSED',
  'GITHUB_SETTING_INVALID',
  'GITHUB_UNAVAILABLE',
  'NOTHING_TO_DO',
  'OUTPUT_UNWRITABLE',
  'QUEUE_DATA_INVALID',
  'QUEUE_NOT_INSTALLED',
  'QUEUE_UNREACHABLE',
  'REPORT_NOT_FOUND',
  'RESULT_INVALID',
  'RESULT_UNREADABLE',
  'SUITE_FAILED',
  'SUITE_MALFORMED',
  'SUITE_MISSING',
  'SUITE_NOT_FOUND',
  'SUITE_STUCK',
  'SUITE_TWICE',
  'SUITE_UNLOADABLE',
  'SUITE_UNREADABLE',
  'TIME_UP',
  'USAGE',
  'WATCH_FAILED',
  'WORKER_DIED',
] as const;

/** The exit code where the usage or the configuration is at fault. */
export const EXIT_USAGE = 2;

/** The codes of the command line's own errors. */
export type UsageErrorCode = (typeof USAGE_ERROR_CODES)[number];

declare module '../src/powercut-error.js' {
  interface PowercutErrorCodes {
    /** Of the command line. */
    readonly usage: UsageErrorCode;
  }
}

/** The code itself, where it is one of the command line or the simulator; SUITE_FAILED for that of a suite's own error. */
export const knownCode = (code: string | undefined): UsageErrorCode | SimulatorErrorCode => {
  const known = [...USAGE_ERROR_CODES, ...SIMULATOR_ERROR_CODES].find((one) => one === code);
  return known ?? 'SUITE_FAILED';
};

/** An error that ends the command with exit code 2: its message is one line, and the caller can put it right. */
export class UsageError extends PowercutError {
  override readonly name = 'UsageError';

  constructor(
    /** Of what was wrong with the call, or of the error that it ended with. */
    readonly code: UsageErrorCode | SimulatorErrorCode | ResultErrorCode | MergeErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The first line of what was thrown, whatever was thrown: suites are other people's code. Where that only announces the
 * next one, as compilers do ("Transform failed with 1 error:"), both. Never throws.
 */
export const messageOf = (thrown: unknown): string => {
  const { name, message } = thrownParts(thrown);
  const [first = '', next = ''] = (message || name).split('\n', 2).map((line) => line.trim());
  return (first.endsWith(':') ? `${first} ${next}`.trim() : first) || 'unknown error';
};

/** {@link messageOf}, and the code where there is one. Never throws. */
export const messageWithCode = (thrown: unknown): string => {
  const code = errorCode(thrown);
  return code === undefined ? messageOf(thrown) : `${messageOf(thrown)} (${code})`;
};

const STACK_CHARACTERS_MAX = 10_000;

/** The stack of what was thrown, if it has one that is text. Never throws: a suite can have replaced what makes stacks. */
export const stackOf = (thrown: unknown): string | undefined => {
  try {
    const stack: unknown = thrown instanceof Error ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack.slice(0, STACK_CHARACTERS_MAX) : undefined;
  } catch {
    return undefined;
  }
};
