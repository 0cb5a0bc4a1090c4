/**
 * Disk models: which micro-operations a power cut may take back. Each is a small constraint over the same
 * micro-operations, so that one screen shows how they differ. After a crash an image holds everything that is
 * durable and some of the rest; a model says which of the rest may be missing while other parts are there.
 */
import { codedError } from '../errors.js';
import type { DiskModelName } from '../suite.js';
import type { Fill } from './apply.js';
import type { MicroOperation } from './micro-operation.js';

export interface DiskModel {
  readonly name: DiskModelName;
  readonly summary: string;
  /** What survives of that which no sync has made durable: all of it, nothing, or any subset closed under `mustPrecede`. */
  readonly volatileSurvives: 'all' | 'none' | 'ordered subset';
  /** If `later` survived, so did `earlier`. Both are volatile, `earlier` was issued first; they share no cell. */
  readonly mustPrecede: (earlier: MicroOperation, later: MicroOperation) => boolean;
  /** What an allocated sector may hold whose data did not survive. */
  readonly fills: readonly Fill[];
}

const always = (): boolean => true;
const never = (): boolean => false;

export const DISK_MODELS: Readonly<Partial<Record<DiskModelName, DiskModel>>> = {
  'process-kill': {
    name: 'process-kill',
    summary: 'the process dies, the machine does not: all that was written survives',
    volatileSurvives: 'all',
    mustPrecede: always,
    fills: ['zero'],
  },
  'synced-only': {
    name: 'synced-only',
    summary: 'exactly what fsync made durable survives',
    volatileSurvives: 'none',
    mustPrecede: always,
    fills: ['zero'],
  },
  prefix: {
    name: 'prefix',
    summary: 'a prefix of all that was written survives (a file system that journals data)',
    volatileSurvives: 'ordered subset',
    mustPrecede: always,
    fills: ['zero'],
  },
  posix: {
    name: 'posix',
    summary:
      'any subset survives, in the order of each sector, size and name; renames are atomic, writes tear at 512 B',
    volatileSurvives: 'ordered subset',
    mustPrecede: never,
    fills: ['zero', 'stale'],
  },
};

/** @throws Error with code 'UNKNOWN_DISK_MODEL', naming the models there are */
export const diskModel = (name: string): DiskModel => {
  const model = Object.hasOwn(DISK_MODELS, name) ? DISK_MODELS[name as DiskModelName] : undefined; // an own key is a model's name
  if (model === undefined) {
    throw codedError(
      'UNKNOWN_DISK_MODEL',
      `There is no disk model '${name}'. Use one of: ${Object.keys(DISK_MODELS).join(', ')}.`,
    );
  }
  return model;
};
