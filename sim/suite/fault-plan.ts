/**
 * Fault plans: what goes wrong on the disk besides the power, and at which call. Plain data of a suite, checked once, when the
 * suite is made: so the error for an impossible plan names the line of the suite.
 */

import { codedError, type SimulatorError } from '../util/errors.js';
import { OPERATIONS } from './operations.js';

/** What goes wrong at a call. */
export type FaultKind =
  /** The call fails and has done nothing. */
  | 'error-before'
  /** The call does its work and reports failure: its outcome is ambiguous. */
  | 'error-after'
  /**
   * fsync reports EIO. What was to be written is lost and its pages count as clean, so a second fsync succeeds; what
   * the file then reads as is the disk model's affair. Every other descriptor open on the file is told once, too.
   */
  | 'failed-sync'
  /** Half of the bytes asked for are read. */
  | 'short-read'
  /** Half of the bytes given are written. */
  | 'short-write'
  /** One bit of one of the sectors read has changed on the disk, for good. */
  | 'bit-rot'
  /** The data goes to the neighbouring sector instead; as long as the machine runs, nobody notices. */
  | 'misdirected-write'
  /** The data never reaches the disk; as long as the machine runs, nobody notices. */
  | 'lost-write'
  /** The call takes effect and returns after `delayMs` of simulated time. */
  | 'delay';

/** Which call a fault strikes. Everything that is given must fit. */
export interface FaultSelector {
  /** As steps are named in stories: 'open', 'write', 'fsync', 'rename', ... */
  readonly operation?: string;
  /** A glob on the absolute path: `*` stands for any characters but `/`, `**` for any. */
  readonly path?: string;
  /** Where the program makes the call: the end of 'file:line', for example 'log.ts:120'. */
  readonly site?: string;
  /** Which of the fitting calls of a life, from 1. Not given: the first, and in random runs a drawn one. */
  readonly nth?: number;
  /** In which lives: the first (default), those after a power cut, or each. */
  readonly life?: 'first' | 'later' | 'every';
}

/** One planned fault: what goes wrong, and at which call. */
export interface FaultPlan {
  readonly fault: FaultKind;
  readonly at?: FaultSelector;
  /** What 'error-before' and 'error-after' fail with. Default: 'EIO'. */
  readonly code?: FaultCode;
  /** How long a 'delay' is, in simulated milliseconds. Default: 1000. */
  readonly delayMs?: number;
}

/** The error codes that an 'error-before' or 'error-after' can fail with. */
export type FaultCode = 'EIO' | 'ENOSPC' | 'EMFILE' | 'EACCES' | 'EROFS' | 'EDQUOT';

const CODES: readonly string[] = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'EROFS', 'EDQUOT'];

const SYNCS = ['fsync', 'fdatasync'];

/** The calls that each fault can strike. */
export const STRUCK: Readonly<Record<FaultKind, readonly string[]>> = {
  // A close takes effect even where it reports failure.
  'error-before': OPERATIONS.filter((operation) => operation !== 'close'),
  'error-after': OPERATIONS,
  // A write through a descriptor with O_DSYNC is a sync, too; no other is struck.
  'failed-sync': [...SYNCS, 'write'],
  'short-read': ['read'],
  'short-write': ['write'],
  'bit-rot': ['read'],
  'misdirected-write': ['write'],
  'lost-write': ['write'],
  delay: OPERATIONS,
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;

const impossible = (plan: FaultPlan, why: string): SimulatorError =>
  codedError('FAULT_IMPOSSIBLE', `The fault '${describeFault(plan)}' can never happen: ${why}.`);

const checkPath = (plan: FaultPlan, path: string): void => {
  if (path.startsWith('/') && !path.split('/').includes('..')) return;
  throw codedError(
    'PATH_OUTSIDE_DISK',
    `The fault '${describeFault(plan)}' is on a path outside the simulated disk. Give the absolute path there, such as '/data/*.log'.`,
  );
};

/** @throws SimulatorError 'FAULT_IMPOSSIBLE' or 'PATH_OUTSIDE_DISK', naming the plan and what is wrong with it */
export const checkFaultPlan = (plan: FaultPlan): void => {
  const { fault, at = {}, code, delayMs } = plan;
  const struck: readonly string[] | undefined = Object.hasOwn(STRUCK, fault) ? STRUCK[fault] : undefined;
  if (struck === undefined)
    throw impossible(plan, `there is no such fault; use one of ${Object.keys(STRUCK).join(', ')}`);
  const { operation, path, site, nth, life = 'first' } = at;
  if (operation !== undefined && !struck.includes(operation))
    throw impossible(plan, `it strikes ${struck.join(', ')} and not '${operation}'`);
  if (path !== undefined) checkPath(plan, path);
  if (site === '') throw impossible(plan, "'site' is empty");
  if (nth !== undefined && !isCount(nth)) throw impossible(plan, "'nth' counts calls from 1");
  if (!['first', 'later', 'every'].includes(life))
    throw impossible(plan, "'life' is 'first', 'later' or 'every'");
  const fails = fault === 'error-before' || fault === 'error-after';
  if (code !== undefined && !(fails && CODES.includes(code)))
    throw impossible(plan, fails ? `its code is not one of ${CODES.join(', ')}` : "it has no 'code'");
  if (delayMs !== undefined && !(fault === 'delay' && Number.isFinite(delayMs) && delayMs >= 0))
    throw impossible(plan, "'delayMs' is how long a 'delay' is, in milliseconds");
};

/** A plan in words: 'error-after EIO at write 2 of /data/*.log'. */
export const describeFault = ({ fault, at = {}, code, delayMs }: FaultPlan): string => {
  const { operation, path, site, nth, life } = at;
  const what = [fault, code, delayMs === undefined ? undefined : `${delayMs} ms`];
  const where = [
    operation === undefined ? undefined : `at ${operation}`,
    nth === undefined ? undefined : `number ${nth}`,
    path === undefined ? undefined : `of ${path}`,
    site === undefined ? undefined : `from ${site}`,
    life === undefined ? undefined : `in ${life === 'first' ? 'the first life' : `${life} life`}`,
  ];
  return [...what, ...where].filter((part) => part !== undefined).join(' ');
};

/** Whether a glob fits a path: `*` any characters but `/`, `**` any. */
export const globToRegExp = (glob: string): RegExp => {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
};
