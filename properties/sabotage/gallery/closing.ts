/** Sabotages of what a store keeps in memory of a full segment, of closing it, and of snapshots. */
import type { Sabotage } from '../sabotage.js';

const LOG = 'src/event-store/log/log.ts';
const SEALING = 'src/event-store/log/seal-segment.ts';
const SUBSCRIPTION = 'src/event-store/read/subscription.ts';
const STORE = 'src/event-store/log-event-store.ts';
const HANDLER = 'src/read-models/handler.ts';
const READ_MODEL = 'src/read-models/read-model.ts';

const CACHED = {
  row: 'memory is read that is not what the disk holds',
  suites: ['sealed-segments/cached'],
  killedBy: ['durability', 'no-loss', 'order', 'liveness', 'rests', 'bounded-log', 'controlled'],
} as const;

const CLOSED = {
  row: 'a store that is closed loses what was under way, or takes more',
  suites: ['closing-stores'],
  killedBy: ['closes-in-order'],
} as const;

const READ_BY_ANOTHER = {
  row: 'a store that is closed loses what was under way, or takes more',
  suites: ['sealed-segments/bad-disk'],
  killedBy: ['controlled'],
} as const;

const SNAPSHOTS = {
  row: 'a snapshot is of another revision or position than it says',
  suites: ['snapshots-and-revisions'],
} as const;

export const closingSabotages: readonly Sabotage[] = [
  {
    name: 'cache: a segment that was compacted stays as it was before, with the new index',
    patches: [
      {
        file: SEALING,
        find: 'log.endSealing(full.number, final.bytes);',
        replace: 'log.endSealing(full.number, full.bytes);',
      },
    ],
    ...CACHED,
  },
  {
    name: 'cache: a segment is kept under the number of the next one',
    patches: [
      {
        file: LOG,
        find: 'if (bytes !== undefined) this.keep(segment, bytes);',
        replace: 'if (bytes !== undefined) this.keep(segment + 1, bytes);',
      },
    ],
    ...CACHED,
  },
  {
    name: 'closing: does not wait for pending writers',
    patches: [
      {
        file: STORE,
        find: 'await this.#writing;\n    this.#wakeWatchers();',
        replace: 'this.#wakeWatchers();',
      },
    ],
    ...CLOSED,
  },
  {
    name: 'closing: appends are taken until the last one is written',
    patches: [
      {
        file: STORE,
        find: 'this.#throwIfClosed();\n      if (this.#failure !== undefined) throw this.#failure;',
        replace: 'if (this.#failure !== undefined) throw this.#failure;',
      },
    ],
    ...CLOSED,
  },
  {
    name: 'closing: a second call resolves before the first is done',
    patches: [
      {
        file: STORE,
        find: 'this.#closing ??= this.#close();',
        replace:
          'if (this.#closing !== undefined) return Promise.resolve();\n    this.#closing = this.#close();',
      },
    ],
    ...CLOSED,
  },
  {
    name: 'closing: does not wait for reads under way',
    patches: [{ file: STORE, find: 'await this.#untilRead();', replace: '' }],
    ...READ_BY_ANOTHER,
    suites: ['closing-stores'],
    killedBy: ['closes-in-order'],
  },
  {
    name: 'closing: a subscription reads on in the files of the next store',
    patches: [{ file: SUBSCRIPTION, find: 'if (!isClosed && head', replace: 'if (head' }],
    ...READ_BY_ANOTHER,
  },
  {
    name: 'snapshots: another revision goes on from the state of the last',
    patches: [
      {
        file: READ_MODEL,
        find: 'if (found.revision !== revisionOf(projection)) return beginning;',
        replace: '',
      },
    ],
    killedBy: ['projection-equality'],
    ...SNAPSHOTS,
  },
  {
    name: 'snapshots: the state is saved without its position',
    patches: [
      {
        file: READ_MODEL,
        find: 'position: position === BEGINNING ? BEGINNING : Number(position),',
        replace: 'position: BEGINNING,',
      },
    ],
    killedBy: ['projection-equality', 'snapshots-are-due'],
    ...SNAPSHOTS,
  },
  {
    name: 'snapshots: once the first is due, each event saves one',
    patches: [
      { file: HANDLER, find: 'await model.flush();\n      unsaved = 0;', replace: 'await model.flush();' },
    ],
    killedBy: ['snapshots-are-due'],
    ...SNAPSHOTS,
  },
  {
    name: 'snapshots: each is one event late',
    patches: [
      {
        file: HANDLER,
        find: 'if (unsaved < everyEvents) return;',
        replace: 'if (unsaved <= everyEvents) return;',
      },
    ],
    killedBy: ['snapshots-are-due'],
    ...SNAPSHOTS,
  },
];
