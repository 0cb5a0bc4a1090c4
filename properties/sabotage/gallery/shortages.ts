/** Sabotages of what waits out a shortage, of what a refused append leaves behind, and of sealing and state files that fail. */
import type { Sabotage } from '../sabotage.js';

const FEEDER = 'src/feeder/feeder.ts';
const LOG = 'src/event-store/log/log.ts';
const SEALING = 'src/event-store/log/seal-segment.ts';
const STATE_FILE = 'src/read-models/state-file.ts';

const SHORTAGE = {
  row: 'a shortage that passes stops something for good, or leaves something behind',
  suites: ['scarce-machines'],
} as const;

const SEALED = {
  row: 'what failed half-way is taken for whole, or stands in the way of what comes next',
  suites: ['scarce-machines'],
} as const;

const SAVED = {
  row: 'what failed half-way is taken for whole, or stands in the way of what comes next',
  suites: ['state-files'],
  killedBy: ['last-save', 'recovers', 'saves-once-it-works', 'usable'],
} as const;

export const shortageSabotages: readonly Sabotage[] = [
  {
    name: 'shortages: a read that finds no descriptor stops the feeder',
    patches: [
      {
        file: FEEDER,
        find: 'const events = await this.#patience.untilThereIsRoom(() =>\n      this.#store.readAll<E>({ after: resumeAfter(read), maxCount: count, systemStreams: false }),\n    );',
        replace:
          'const events = await this.#store.readAll<E>({ after: resumeAfter(read), maxCount: count, systemStreams: false });',
      },
    ],
    killedBy: ['goes-on', 'liveness'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: an event that there is no room to park halts its handler',
    patches: [
      {
        file: FEEDER,
        find: 'await this.#patience.untilThereIsRoom(() => park(event));',
        replace: 'await park(event);',
      },
    ],
    killedBy: ['goes-on', 'only-poison-is-parked', 'liveness'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: the machine is taken for the fault of the event, which is parked',
    patches: [{ file: FEEDER, find: 'isPassing: isExhaustion,', replace: 'isPassing: () => false,' }],
    killedBy: ['only-poison-is-parked'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: a flush that finds no room stops the feeder',
    patches: [
      {
        file: FEEDER,
        find: 'await this.#patience.untilThereIsRoom(() =>\n      persistently(',
        replace: 'await ((act: () => Promise<void>) => act())(() =>\n      persistently(',
      },
    ],
    killedBy: ['goes-on', 'liveness'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: a segment that there is no descriptor for fails the store',
    patches: [
      {
        file: LOG,
        find: "'create').catch((error: unknown) => {\n      throw refusalOf(error) ?? error;\n    });",
        replace: "'create');",
      },
    ],
    killedBy: ['usable', 'goes-on'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: a refused append keeps its place in the log',
    patches: [
      {
        file: LOG,
        find: 'this.#nextPosition = headers[0]?.position ?? this.#nextPosition;',
        replace: '',
      },
    ],
    killedBy: ['positions', 'durability', 'recovers', 'controlled', 'usable', 'goes-on', 'rests'],
    ...SHORTAGE,
  },
  {
    name: 'shortages: the next append follows on one that was refused',
    patches: [
      {
        file: LOG,
        find: 'Object.assign(tail, { end, crc, allocated });',
        replace: 'Object.assign(tail, { end, allocated });',
      },
    ],
    killedBy: ['durability', 'recovers', 'positions'],
    ...SHORTAGE,
  },
  {
    name: 'sealing: one that fails fails the store',
    patches: [
      { file: SEALING, find: 'if (errorCode(error) === undefined) throw error;', replace: 'throw error;' },
    ],
    killedBy: ['usable', 'goes-on'],
    ...SEALED,
  },
  {
    name: 'sealing: a compacted segment keeps the end of what an earlier compaction left',
    patches: [
      {
        file: SEALING,
        find: "const handle = await fs.open(path, 'w');",
        replace: "const handle = await fs.open(path, 'r+').catch(() => fs.open(path, 'w'));",
      },
    ],
    row: SEALED.row,
    suites: ['sealed-segments/bad-disk'],
    killedBy: ['usable', 'recovers', 'controlled'],
  },
  {
    name: 'state file: a slot counts as the current one before it is whole',
    patches: [
      {
        file: STATE_FILE,
        find: 'await writeSlot(next, bytes);\n    sequence++;\n    current = next;',
        replace: 'current = next;\n    await writeSlot(next, bytes);\n    sequence++;',
      },
    ],
    ...SAVED,
  },
  {
    name: 'state file: a save that failed counts',
    patches: [
      {
        file: STATE_FILE,
        find: 'await writeSlot(next, bytes);\n    sequence++;',
        replace: 'await writeSlot(next, bytes).catch(() => {});\n    sequence++;',
      },
    ],
    ...SAVED,
  },
  {
    name: 'state file: after a save that failed it takes no other',
    patches: [
      {
        file: STATE_FILE,
        find: '} finally {\n        saving = undefined;',
        replace: 'saving = undefined;\n      } finally {\n        void saving;',
      },
    ],
    ...SAVED,
  },
  {
    name: 'state file: what was found is not written again before the other slot is written over',
    patches: [
      {
        file: STATE_FILE,
        find: 'if (current?.content !== undefined) await writeSlot(current, current.content.slot);',
        replace: '',
      },
    ],
    ...SAVED,
  },
];
