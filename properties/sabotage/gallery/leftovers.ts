/** Sabotages of what is left of a torn write, and of events that are equal but for a few bytes. */
import type { Sabotage } from '../sabotage.js';

const RECOVERY = 'src/event-store/log/recovery.ts';
const REPAIR = 'src/event-store/maintenance/repair-log.ts';
const DECODED = 'src/event-store/read/decoded-event-cache.ts';
const GROUP = 'src/event-store/append/append-group.ts';
const CONTENT = 'src/event-store/format/entry-content.ts';

const TORN = {
  row: 'tail truncated one frame too far or too little',
  suites: ['given-up-rushes'],
  killedBy: ['no-change-of-mind'],
} as const;

const REPAIRED = {
  row: 'what failed half-way is taken for whole, or stands in the way of what comes next',
} as const;

const ALIKE = { row: 'events that are nearly equal are taken for the same' } as const;

export const leftoverSabotages: readonly Sabotage[] = [
  {
    name: 'recovery: zeroes the first sector of a torn tail only',
    patches: [
      {
        file: RECOVERY,
        find: 'bytes.fill(0, end);',
        replace: 'bytes.fill(0, end, Math.min(bytes.length, end + 512));',
      },
    ],
    ...TORN,
  },
  {
    name: 'recovery: zeroes a torn tail in memory, and on the disk only its beginning',
    patches: [
      {
        file: RECOVERY,
        find: 'await writeRange(handle, bytes, groupStart, contentEnd);',
        replace: 'await writeRange(handle, bytes, groupStart, Math.min(contentEnd, end + 512));',
      },
    ],
    ...TORN,
  },
  {
    name: 'recovery: zeroes the first half of a torn tail only',
    patches: [
      {
        file: RECOVERY,
        find: 'bytes.fill(0, end);',
        replace: 'bytes.fill(0, end, end + Math.ceil((contentEnd - end) / 2));',
      },
    ],
    ...TORN,
  },
  {
    name: 'repair: the copy of what is cut has its name on the disk, and not its bytes',
    patches: [
      {
        file: REPAIR,
        find: "`, 'r+');\n  try {\n    await handle.sync();\n  } finally {\n    await handle.close();\n  }\n  await syncDirectory(fs, to);",
        replace: "`, 'r+');\n  await handle.close();\n  await syncDirectory(fs, to);",
      },
    ],
    suites: ['repaired-logs/damage-amid-events/ext4-ordered'],
    killedBy: ['nothing-destroyed'],
    ...REPAIRED,
  },
  {
    name: 'repair: files are set aside before the copy of what is cut is made',
    patches: [
      {
        file: REPAIR,
        find: 'if (names.includes(damaged)) await copyDurably(fs, directory, aside, damaged);\n  const numbers',
        replace: 'const numbers',
      },
      {
        file: REPAIR,
        find: 'if (names.includes(damaged)) await cut(fs, damage);',
        replace:
          'if (names.includes(damaged)) await copyDurably(fs, directory, aside, damaged);\n  if (names.includes(damaged)) await cut(fs, damage);',
      },
    ],
    suites: ['repaired-logs/damage-at-the-end/ext4-ordered'],
    killedBy: ['nothing-destroyed'],
    ...REPAIRED,
  },
  {
    name: 'decoding: the last bytes of an event are not compared',
    patches: [
      {
        file: DECODED,
        find: 'if (this.#bytes[from + at] !== buffer[start + at]) return false;',
        replace: ';',
      },
    ],
    suites: ['shared-decoding'],
    killedBy: ['each-its-own'],
    ...ALIKE,
  },
  {
    name: 'decoding: events of one length at one place are the same',
    patches: [
      {
        file: DECODED,
        find: 'return this.#isKept(from, buffer, start, length) ? this.#events[place] : undefined;',
        replace: 'return this.#events[place];',
      },
    ],
    suites: ['shared-decoding'],
    killedBy: ['each-its-own'],
    ...ALIKE,
  },
  {
    name: 'ids: a known id counts as a repetition, whatever its event says',
    patches: [
      {
        file: GROUP,
        find: 'if (!sameContent(own[at], message.entry)) throw otherContent(messageId, streamName);',
        replace: '',
      },
    ],
    suites: ['message-ids'],
    killedBy: ['ids'],
    ...ALIKE,
  },
  {
    name: 'ids: events that differ in their last letter are the same',
    patches: [
      {
        file: CONTENT,
        find: 'return isDeepStrictEqual(dataOf(entry, start), dataOf(stored, start));',
        replace:
          'if (entry.subarray(start, -2).equals(stored.subarray(start, -2))) return true;\n    return isDeepStrictEqual(dataOf(entry, start), dataOf(stored, start));',
      },
    ],
    suites: ['message-ids'],
    killedBy: ['ids'],
    ...ALIKE,
  },
];
