/**
 * Checks the messages of workers. A suite shares its thread with the simulator and can have changed anything there; reports
 * must get only what they can read.
 */
import { suiteResultFlaw } from '../../reports/result/read-result.js';
import { DISK_MODELS } from '../../sim/disk/crash-model/disk-models.js';
import type { Replayed } from '../../sim/explore/campaign/replay-regressions.js';
import type { Tally } from '../../sim/explore/counting/tally.js';
import type { ExportedEntry } from '../../sim/replay/exported-disk.js';
import { type Check, isCount, isFields, isFlag, isText, listOf, orNothing, record } from './checks.js';
import type { FromWatchdog } from './messages.js';

/** As far as this process looks into a tally: the rest goes from worker to worker. */
const isTally = record({
  cutShort: orNothing(isFields),
  seen: (value) => value instanceof Map,
  sample: record({ drawn: Array.isArray, failing: (value) => value instanceof Map }),
} satisfies Partial<Record<keyof Tally, Check>>);

const isReplayed: Check = (value) =>
  isFields(value) &&
  ['fails', 'passes', 'unplayable'].some((kind: Replayed['kind'] | string) => kind === value.kind);

const isFacts = record({
  name: (value) => isText(value) && value !== '',
  expected: (value) => value === 'safe' || value === 'unsafe',
  disk: (value) => typeof value === 'string' && Object.hasOwn(DISK_MODELS, value),
  invariants: isCount,
});

const hasPath = record({ path: isText });

/** Whether it may be written to a real disk, the writer checks. */
const ENTRIES: Readonly<Record<ExportedEntry['kind'], Check>> = {
  directory: record({ mode: isCount }),
  file: record({
    mode: isCount,
    size: isCount,
    runs: listOf(record({ at: isCount, bytes: (value) => value instanceof Uint8Array })),
  }),
  link: record({ to: isText }),
  symlink: record({ target: isText }),
};

const isEntry: Check = (value) =>
  isFields(value) &&
  hasPath(value) &&
  Object.entries(ENTRIES).some(([kind, check]) => kind === value.kind && check(value));

const CHECKS: Readonly<Record<FromWatchdog['kind'], Check>> = {
  progress: record({
    progress: record({
      suite: isText,
      phase: (value) => value === 'exhaustive' || value === 'random' || value === 'shrinking',
      done: isCount,
      total: orNothing(isCount),
      imagesChecked: isCount,
      violations: isCount,
    }),
  }),
  found: record({
    first: record({ index: isCount, finding: record({ broken: record({ invariant: isText }) }) }),
  }),
  spent: record({ processorMs: isCount }),
  explored: record({ tally: isTally }),
  slice: record({ number: isCount, slice: isFields }),
  counted: record({ counted: record({ explored: isFields, tally: isTally, coverage: isFields }) }),
  replayed: record({ replayed: listOf(isReplayed) }),
  rechecked: record({ rechecked: isFields }),
  concluded: record({ result: isFields }),
  described: record({ suites: listOf(isFacts) }),
  played: record({
    result: record({ story: isText, violated: Array.isArray, same: isFlag }),
    disk: orNothing(record({ life: isCount, entries: listOf(isEntry) })),
  }),
  failed: record({ code: orNothing(isText), message: isText, stack: orNothing(isText) }),
  busy: record({ doing: isText }),
  stuck: record({ doing: isText, stack: listOf(isText) }),
};

/** True for a message that cli/worker or its watchdog sends. */
export const isFromWatchdog = (value: unknown): value is FromWatchdog => {
  if (!isFields(value) || !isText(value.kind)) return false;
  const kind = String(value.kind);
  return Object.hasOwn(CHECKS, kind) && CHECKS[kind as FromWatchdog['kind']](value); // it is one of its keys
};

/** Why a result is none that reports can read; undefined where it is one. */
export const resultFlaw = (result: unknown, expected: { readonly name: string }): string | undefined =>
  isFields(result) && result.name !== expected.name ? "it is another suite's" : suiteResultFlaw(result);
