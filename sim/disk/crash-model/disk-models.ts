/**
 * Disk models: which micro-operations a power cut may take back. Each is a small constraint over the same
 * micro-operations, so that one screen shows how they differ. After a crash an image holds everything that is
 * durable and some of the rest; a model says which of the rest may be missing while other parts are there.
 *
 * Models nest: what is legal under a stricter one is legal under each laxer one, as `disk-models.test.ts` shows:
 * process-kill ⊂ prefix ⊂ ext4-nodelalloc ⊂ ext4-delalloc ⊂ ext4-writeback ⊂ posix ⊂ posix-worst,
 * ext4-delalloc ⊂ btrfs-like ⊂ posix, synced-only ⊂ posix.
 */

import type { DiskModelName } from '../../suite/suite.js';
import { codedError } from '../../util/errors.js';
import type { Fill } from './crash-image.js';
import {
  type DataWrite,
  isData,
  type MicroOperation,
  type SizeChange,
  sectorsOf,
} from './micro-operation.js';

/** Other names under which a model is known. ext4 orders data and delays allocation unless it is mounted otherwise. */
const ALIASES = { 'ext4-ordered': 'ext4-delalloc' } as const;

type ModelName = Exclude<DiskModelName, keyof typeof ALIASES>;

/** What a power cut may leave, as rules over micro-operations. */
export interface DiskModel {
  readonly name: ModelName;
  readonly summary: string;
  /** What survives of that which no sync has made durable: all of it, nothing, or any subset closed under `mustPrecede`. */
  readonly volatileSurvives: 'all' | 'none' | 'ordered subset';
  /** If `later` survived, so did `earlier`. Both are volatile, `earlier` was issued first; they share no cell. */
  readonly mustPrecede: (earlier: MicroOperation, later: MicroOperation) => boolean;
  /** Whether `mustPrecede` asks if a block of 4096 B had a place on the disk before it was written. Absent: no. */
  readonly ordersByBlock?: true;
  /** What a sector may hold whose data did not survive. */
  readonly fills: readonly Fill[];
  /** Whether the names that a rename changes change together. */
  readonly renames: 'atomic' | 'in parts';
  /** What a file reads as after its fsync failed: what was written, or what is on the disk. On the disk it is lost either way. */
  readonly failedSync: 'keeps' | 'reverts';
  /** How much is written whole or not at all. */
  readonly sectorBytes: SectorBytes;
}

export type SectorBytes = 512 | 4096;

type Order = DiskModel['mustPrecede'];

const always: Order = () => true;
const never: Order = () => false;

const isMetadata = (operation: MicroOperation): boolean => !isData(operation);

/** Names, sizes and modes go through one journal. */
const metadataInOrder: Order = (earlier, later) => isMetadata(earlier) && isMetadata(later);

/**
 * A size that waits for the allocation of its block is committed with it: later names don't wait. They do once the file
 * was flushed (ext4's auto_da_alloc: closed after it was truncated to nothing, or renamed over another).
 */
const metadataInOrderButDelayed: Order = (earlier, later) => {
  if (!metadataInOrder(earlier, later)) return false;
  if (earlier.kind !== 'size' || !earlier.delayed) return true;
  return (
    (earlier.flushedBefore !== undefined && later.id >= earlier.flushedBefore) || isReplacedBy(earlier, later)
  );
};

/**
 * A file does not grow over a new block before what was written there. Within a block that it has, it may: the block
 * is zero beyond the old end, and a journal that does not watch data commits the size alone.
 */
const dataBeforeSize: Order = (earlier, later) =>
  isData(earlier) &&
  later.kind === 'size' &&
  earlier.ino === later.ino &&
  sectorsOf(earlier).some(({ opensBlock }) => opensBlock);

/** Whether a later rename puts the file of an earlier change in the place of another. */
const isReplacedBy = (earlier: DataWrite | SizeChange, later: MicroOperation): boolean =>
  later.kind === 'entries' && later.replaces && later.changes.some(({ ino }) => ino === earlier.ino);

/** A file does not replace another before what was written to it (ext4's auto_da_alloc). */
const dataBeforeReplacing: Order = (earlier, later) => isData(earlier) && isReplacedBy(earlier, later);

const anyOf =
  (...orders: readonly Order[]): Order =>
  (earlier, later) =>
    orders.some((order) => order(earlier, later));

type Rule = Omit<DiskModel, 'name' | 'sectorBytes'>;

const ORDINARY = { fills: ['zero'], renames: 'atomic', failedSync: 'keeps' } as const;

const RULES: Readonly<Record<ModelName, Rule>> = {
  'process-kill': {
    ...ORDINARY,
    summary: 'the process dies, the machine does not: all that was written survives',
    volatileSurvives: 'all',
    mustPrecede: always,
  },
  'synced-only': {
    ...ORDINARY,
    summary: 'exactly what fsync made durable survives',
    volatileSurvives: 'none',
    mustPrecede: never,
  },
  prefix: {
    ...ORDINARY,
    summary: 'a prefix of all that was written survives (a file system that journals data)',
    volatileSurvives: 'ordered subset',
    mustPrecede: always,
  },
  'ext4-nodelalloc': {
    ...ORDINARY,
    summary:
      'names and sizes survive in order, new data before the size that covers it; overwrites in any order',
    volatileSurvives: 'ordered subset',
    mustPrecede: anyOf(metadataInOrder, dataBeforeSize, dataBeforeReplacing),
    ordersByBlock: true,
  },
  'ext4-delalloc': {
    ...ORDINARY,
    summary:
      'the same, but a file that grew over a new block may keep its old size while later names survive',
    volatileSurvives: 'ordered subset',
    mustPrecede: anyOf(metadataInOrderButDelayed, dataBeforeSize, dataBeforeReplacing),
    ordersByBlock: true,
  },
  'ext4-writeback': {
    ...ORDINARY,
    summary:
      'names and sizes as under ext4-delalloc, data in any order; a file may have grown over old bytes',
    volatileSurvives: 'ordered subset',
    mustPrecede: metadataInOrderButDelayed,
    ordersByBlock: true,
    fills: ['zero', 'stale'],
  },
  'btrfs-like': {
    ...ORDINARY,
    summary: 'new data survives before the size that covers it; names and all else in any order',
    volatileSurvives: 'ordered subset',
    mustPrecede: dataBeforeSize,
    ordersByBlock: true,
    failedSync: 'reverts',
  },
  posix: {
    ...ORDINARY,
    summary:
      'any subset survives, in the order of each sector, size and name; renames are atomic, writes tear at a sector',
    volatileSurvives: 'ordered subset',
    mustPrecede: never,
    fills: ['zero', 'stale'],
  },
  'posix-worst': {
    ...ORDINARY,
    summary: 'as posix, but renames come apart and a sector may hold garbage',
    volatileSurvives: 'ordered subset',
    mustPrecede: never,
    fills: ['zero', 'stale', 'garbage'],
    renames: 'in parts',
  },
};

const modelOf = (name: ModelName, sectorBytes: SectorBytes): DiskModel => ({
  name,
  sectorBytes,
  ...RULES[name],
});

const NAMES = Object.keys(RULES) as readonly ModelName[]; // its keys are exactly the names

/** All models, by name, on sectors of 512 B. */
export const DISK_MODELS: Readonly<Record<ModelName, DiskModel>> = Object.fromEntries(
  NAMES.map((name) => [name, modelOf(name, 512)]),
) as Record<ModelName, DiskModel>; // one for each name

/**
 * The model of a name. Takes any text and number, as both come from suites and tokens.
 * @throws SimulatorError 'UNKNOWN_DISK_MODEL', naming the models there are; 'SECTOR_SIZE' for one that disks don't have
 */
export const diskModel = (name: string, sectorBytes: number = 512): DiskModel => {
  const known = name === 'ext4-ordered' ? ALIASES[name] : NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    throw codedError(
      'UNKNOWN_DISK_MODEL',
      `There is no disk model '${name}'. Use one of: ${[...NAMES, ...Object.keys(ALIASES)].join(', ')}.`,
    );
  }
  if (sectorBytes !== 512 && sectorBytes !== 4096) {
    throw codedError('SECTOR_SIZE', `A sector has 512 or 4096 bytes, not ${String(sectorBytes)}.`);
  }
  return sectorBytes === 512 ? DISK_MODELS[known] : modelOf(known, sectorBytes);
};
