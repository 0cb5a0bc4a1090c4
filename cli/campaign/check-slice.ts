/** Checks crash states that come from another machine: their form, and that each is the state that its key names. */

import { type DiskImage, imageKey } from '../../sim/disk/crash-model/disk-image.js';
import type { CrashState } from '../../sim/disk/crash-model/durability.js';
import { SECTOR_BYTES } from '../../sim/disk/crash-model/sector.js';
import type { Queued, Slice, SliceExplored } from '../../sim/explore/exhaustive/slices.js';
import { type HistoryState, historyKey } from '../../sim/suite/history.js';
import {
  anyOf,
  type Check,
  isCount,
  isFields,
  isFlag,
  isNatural,
  isNumber,
  isOneOf,
  isText,
  isWhole,
  listOf,
  mapOf,
  orNothing,
  record,
  recordOf,
} from '../messages/checks.js';
import { isPlan } from './check-recipe.js';

/** Checks each object once: the states of a slice share most of their sectors and files. */
const once = (check: Check): Check => {
  const passed = new WeakSet<object>();
  return (value) => {
    if (!isFields(value)) return check(value);
    if (passed.has(value)) return true;
    const passes = check(value);
    if (passes) passed.add(value);
    return passes;
  };
};

export const isCrash = record({
  at: isNatural,
  lost: listOf(isWhole(Number.MIN_SAFE_INTEGER)),
  fill: isOneOf('zero', 'stale', 'garbage'),
  torn: orNothing(isWhole(Number.MIN_SAFE_INTEGER)),
  isKill: orNothing(isOneOf(true)),
});

const isSector = once(
  record({
    bytes: (value) => value instanceof Uint8Array && value.length === SECTOR_BYTES,
    hash1: isNumber,
    hash2: isNumber,
    isHole: isFlag,
  }),
);
const isInode = once(
  anyOf(
    record({
      kind: isOneOf('file'),
      mode: isNatural,
      size: isNatural,
      sectors: listOf(isSector),
      sum1: isNumber,
      sum2: isNumber,
      zeros: isNumber,
    }),
    record({ kind: isOneOf('directory'), mode: isNatural, entries: mapOf(isText, isNatural) }),
    record({ kind: isOneOf('symlink'), target: isText }),
  ),
);
const isImage = once(recordOf<DiskImage>({ inodes: mapOf(isNatural, isInode), nextIno: isNatural }));

const isHistory = once(
  recordOf<HistoryState>({
    commands: listOf(record({ index: isNatural, outcome: record({ status: isText }), attempts: isNatural })),
    effects: Array.isArray,
    effectCounts: listOf(isNatural),
    effectIdentities: listOf(isText),
    observed: () => true,
    seen: orNothing(record({ identity: isText, hash1: isNumber, hash2: isNumber })),
    crashes: isNatural,
    hash1: isNumber,
    hash2: isNumber,
  }),
);

const isCarried = record({
  base: isImage,
  volatile: listOf(isFields),
  neverWritten: listOf(isFields),
  key: isText,
});

const isStateShape = recordOf<CrashState>({
  image: isImage,
  history: isHistory,
  carried: orNothing(isCarried),
  crash: isCrash,
  key: isText,
  allocation: isText,
  volatile: isNatural,
});

const isState: Check = (value) => {
  if (!isStateShape(value)) return false;
  const { image, history, key } = value as CrashState; // as it was checked
  return key === `${imageKey(image)}${historyKey(history)}`;
};

const isQueued = recordOf<Queued>({ start: isState, crashes: listOf(isCrash), volatile: isNatural });

/** True for a slice that can be explored. */
export const isSlice = recordOf<Slice>({
  workload: Array.isArray,
  plan: orNothing((value) => isFields(value) && isPlan({ commandsAfterCrash: 0, ...value })),
  generation: isWhole(1),
  index: isNatural,
  states: listOf(isQueued),
  lifeBudget: isNatural,
  zerosCount: isFlag,
});

/** What became of a slice, apart from stops and findings, which tallies have, too. */
export const isSliceExplored = (isStop: Check, isFinding: Check): Check =>
  recordOf<SliceExplored>({
    lives: isNatural,
    steps: isNatural,
    checked: isNatural,
    kills: isNatural,
    crashPoints: isNatural,
    built: isNatural,
    legal: isCount,
    cutsAgain: isNatural,
    sampled: isFlag,
    stops: listOf(isStop),
    findings: listOf(isFinding),
    brokenByKey: mapOf(isText, listOf(isText)),
    left: listOf(isText),
    replacesZeros: isFlag,
    found: listOf(isQueued),
    groups: mapOf(isText, isNatural),
    digest: isText,
  });
