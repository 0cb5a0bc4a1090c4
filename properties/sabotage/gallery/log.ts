/** Sabotages of the log on disk: syncing, checksums, recovery. */
import type { Sabotage } from '../sabotage.js';

const FILES = 'src/event-store/log/durable-files.ts';
const LOG = 'src/event-store/log/log.ts';
const FRAME = 'src/event-store/format/frame.ts';
const SEGMENT = 'src/event-store/format/segment.ts';
const RECOVERY = 'src/event-store/log/recovery.ts';

export const logSabotages: readonly Sabotage[] = [
  {
    name: 'log: acknowledges without a sync',
    row: 'no fsync before the acknowledgement',
    patches: [
      {
        file: FILES,
        find: "writeThrough?.[how] ?? (how === 'create' ? 'w+' : 'r+')",
        replace: "(how === 'create' ? 'w+' : 'r+')",
      },
    ],
    suites: ['checkpointed-feeder', 'atomic-batches'],
    killedBy: ['durability', 'atomicity', 'published-is-durable'],
  },
  {
    name: 'log: acknowledges while the sync is still under way',
    row: 'replace that is not atomic; acknowledged ahead of fsync',
    patches: [
      {
        file: LOG,
        find: 'if (!this.#writesThrough) await tail.handle.datasync();',
        replace: 'if (!this.#writesThrough) void tail.handle.datasync().catch(() => {});',
      },
    ],
    suites: ['failing-syncs'],
    killedBy: ['durability', 'atomicity', 'published-is-durable'],
  },
  {
    name: 'log: syncs a new segment but not the directory it is in',
    row: 'fsync of the file but not of its new directory entry',
    patches: [{ file: LOG, find: 'await syncDirectory(this.#fs, this.#directory);', replace: '' }],
    suites: ['checkpointed-feeder', 'atomic-batches'],
    killedBy: ['durability'],
  },
  {
    name: 'recovery: does not make the way to the directory durable',
    row: 'fsync of the file but not of its new directory entry',
    patches: [
      {
        file: RECOVERY,
        find: 'if (grows === undefined && sealedCount === 0) await syncAncestors(fs, directory);',
        replace: '',
      },
    ],
    suites: ['checkpointed-feeder', 'atomic-batches'],
    killedBy: ['durability'],
  },
  {
    name: 'frame: takes a frame whose checksum does not hold',
    row: 'checksum not checked',
    patches: [
      {
        file: FRAME,
        find: '=== crc ? frameAt(buffer, offset) : undefined;',
        replace: '>= 0 ? frameAt(buffer, offset) : undefined;',
      },
    ],
    suites: ['atomic-batches', 'checkpointed-feeder'],
    killedBy: ['recovers', 'atomicity', 'durability', 'positions'],
  },
  {
    name: 'recovery: cuts one frame too many off a torn tail',
    row: 'tail truncated one frame too far or too little',
    patches: [
      {
        file: RECOVERY,
        find: "const end = state === 'blank' ? 0 : scan.end;",
        replace:
          "const end = state === 'blank' ? 0 : contentEnd > scan.end ? (scan.frames.at(-1)?.offset ?? scan.end) : scan.end;",
      },
    ],
    suites: ['atomic-batches', 'checkpointed-feeder'],
    killedBy: ['durability', 'recovers'],
  },
  {
    name: 'recovery: leaves the torn tail where it is',
    row: 'tail truncated one frame too far or too little',
    patches: [{ file: RECOVERY, find: 'bytes.fill(0, end);', replace: '' }],
    suites: ['given-up-appends'],
    killedBy: ['no-change-of-mind', 'recovers'],
  },
  {
    name: 'recovery: zeroes the torn tail in memory only',
    row: 'torn write or partial batch accepted at start',
    patches: [
      { file: RECOVERY, find: 'if (contentEnd > groupStart) {', replace: 'if (Number.isNaN(groupStart)) {' },
    ],
    suites: ['failing-syncs', 'atomic-batches'],
    killedBy: ['recovers', 'atomicity', 'positions', 'durability'],
  },
  {
    name: 'recovery: shows the last group without making sure that it is durable',
    row: 'torn write or partial batch accepted at start',
    patches: [
      {
        file: RECOVERY,
        find: 'await writeRange(handle, bytes, groupStart, contentEnd);\n    if (env.writeThrough === undefined) await handle.datasync();',
        replace: 'await writeRange(handle, bytes, groupStart, contentEnd);',
      },
    ],
    suites: ['failing-syncs'],
    killedBy: ['durability'],
  },
  {
    name: 'log: a sync that failed is tried again and believed',
    row: 'a retried fsync after EIO believed',
    patches: [
      {
        file: LOG,
        find: 'if (!this.#writesThrough) await tail.handle.datasync();',
        replace: 'await tail.handle.datasync().catch(() => tail.handle.datasync());',
      },
    ],
    suites: ['failing-syncs'],
    killedBy: ['durability', 'atomicity'],
  },
  {
    name: 'store: goes on after a sync that failed',
    row: 'a retried fsync after EIO believed',
    patches: [
      {
        file: LOG,
        find: 'if (!this.#writesThrough) await tail.handle.datasync();',
        replace: 'await tail.handle.datasync().catch(() => {});',
      },
    ],
    suites: ['failing-syncs'],
    killedBy: ['durability', 'atomicity'],
  },
  {
    name: 'recovery: leaves the torn tail, and takes what is in it for what comes next',
    row: 'torn write or partial batch accepted at start',
    patches: [
      { file: SEGMENT, find: 'frame.previous !== crc || ', replace: '' },
      { file: RECOVERY, find: 'bytes.fill(0, end);', replace: '' },
    ],
    suites: ['given-up-appends', 'atomic-batches'],
    killedBy: ['no-change-of-mind', 'recovers', 'atomicity', 'positions', 'durability'],
  },
];
