/** Sabotages of the version that an append expects, and of the arguments of a read. */
import type { Sabotage } from '../sabotage.js';

const GROUP = 'src/event-store/append/append-group.ts';
const LOG_INDEX = 'src/event-store/log/log-index.ts';
const STORE = 'src/event-store/log-event-store.ts';
const READER = 'src/event-store/read/event-reader.ts';

const EXPECTATIONS = { suites: ['stream-expectations/cached'], killedBy: ['expectations'] } as const;
const READS = {
  suites: ['stream-expectations/cached', 'stream-expectations/uncached'],
  killedBy: ['reads-agree'],
} as const;

export const readSabotages: readonly Sabotage[] = [
  {
    name: 'expectations: only that of the first stream of an append counts',
    row: 'an expectation of an append is ignored',
    patches: [
      {
        file: GROUP,
        find: 'for (const { streamName, expected } of append.parts) {',
        replace: 'for (const { streamName, expected } of append.parts.slice(0, 1)) {',
      },
    ],
    ...EXPECTATIONS,
  },
  {
    name: 'expectations: a stream with no event exists, too',
    row: 'an expectation of an append is ignored',
    patches: [{ file: GROUP, find: 'return actual > 0;', replace: 'return actual >= 0;' }],
    ...EXPECTATIONS,
  },
  {
    name: 'expectations: a stream with a single event counts as absent',
    row: 'an expectation of an append is ignored',
    patches: [{ file: GROUP, find: 'return actual === 0;', replace: 'return actual <= 1;' }],
    ...EXPECTATIONS,
  },
  {
    name: 'expectations: every append to a stream is said to have created it',
    row: 'an expectation of an append is ignored',
    patches: [
      {
        file: GROUP,
        find: 'return resultOf(version === 0, version',
        replace: 'return resultOf(version >= 0, version',
      },
    ],
    ...EXPECTATIONS,
  },
  {
    name: 'reads: one backwards begins at the end of the stream, whatever its options',
    row: 'a read returns other events than requested',
    patches: [{ file: STORE, find: 'high: Math.min(from, version)', replace: 'high: version' }],
    ...READS,
  },
  {
    name: 'reads: one backwards ends with the segment it began in',
    row: 'a read returns other events than requested',
    patches: [
      {
        file: LOG_INDEX,
        find: 'backwards ? slice.firstVersion <= low :',
        replace: 'backwards ? slice.firstVersion >= low :',
      },
    ],
    ...READS,
  },
  {
    name: 'reads: one that asks for no event is given one',
    row: 'a read returns other events than requested',
    patches: [
      {
        file: LOG_INDEX,
        find: 'low <= high && positions.length < maxCount; turn',
        replace: 'low <= high; turn',
      },
      {
        file: LOG_INDEX,
        find: 'step <= last - first && positions.length < maxCount; step',
        replace: 'step <= last - first && positions.length < Math.max(1, maxCount); step',
      },
      {
        file: READER,
        find: 'if (page.count >= maxCount) break;',
        replace: 'if (page.count >= Math.max(1, maxCount)) break;',
      },
    ],
    ...READS,
  },
  {
    name: 'reads: a page of the log is one event short',
    row: 'a read returns other events than requested',
    patches: [
      {
        file: READER,
        find: 'if (page.count >= maxCount) break;',
        replace: 'if (page.count >= maxCount - 1 && page.count > 0) break;',
      },
    ],
    ...READS,
  },
];

/** Sabotages of what a reader or writer gets beside the events. */
export const answerSabotages: readonly Sabotage[] = [
  {
    name: 'answers: a stream without an event is said to exist',
    row: 'a read returns other events than requested',
    patches: [{ file: STORE, find: 'streamExists: version > 0', replace: 'streamExists: version >= 0' }],
    ...READS,
  },
  {
    name: 'answers: the version of a stream is the number of events read',
    row: 'a read returns other events than requested',
    patches: [
      {
        file: STORE,
        find: 'currentStreamVersion: streamVersion(version)',
        replace: 'currentStreamVersion: streamVersion(events.length)',
      },
    ],
    ...READS,
  },
  {
    name: 'answers: an append is refused before the one that came first is durable',
    row: 'position assigned before it is visible',
    patches: [
      {
        file: STORE,
        find: 'decided.push({ waiting, decision: decision instanceof Promise ? await decision : decision });',
        replace:
          'const made = decision instanceof Promise ? await decision : decision;\n        if (!made.accepted) waiting.reject(made.error);\n        decided.push({ waiting, decision: made });',
      },
    ],
    suites: ['concurrent-appends'],
    killedBy: ['refused-for-a-reason'],
  },
];

const IDS = { suites: ['message-ids'], killedBy: ['ids'] } as const;

export const idSabotages: readonly Sabotage[] = [
  {
    name: 'ids: a hash that is known is taken for the id',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      { file: STORE, find: 'if (found?.messageId === messageId) {', replace: 'if (found !== undefined) {' },
    ],
    ...IDS,
  },
  {
    name: 'ids: of several events with one hash only the first is looked at',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      {
        file: STORE,
        find: 'for (const position of await this.#index.candidatesFor(hash)) {',
        replace: 'for (const position of (await this.#index.candidatesFor(hash)).slice(0, 1)) {',
      },
    ],
    ...IDS,
  },
  {
    name: 'ids: a batch whose first event is known is taken for a repetition',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      {
        file: GROUP,
        find: 'if (unknown === undefined) return results;',
        replace: 'if (unknown === undefined || results.length > 0) return results;',
      },
    ],
    ...IDS,
  },
  {
    name: 'ids: a batch with a new event is appended, what is known of it once more',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      {
        file: GROUP,
        find: 'if (known === undefined) return undefined;',
        replace: 'if (known === undefined || unknown !== undefined) return undefined;',
      },
    ],
    ...IDS,
  },
  {
    name: 'ids: those of appends that share a write are not compared',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [{ file: GROUP, find: 'if (inGroup !== undefined) return inGroup;', replace: '' }],
    ...IDS,
  },
  {
    name: 'ids: a known id in another stream counts as a repetition',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      {
        file: GROUP,
        find: 'if (message.streamName !== streamName) {',
        replace: "if (message.streamName === '') {",
      },
    ],
    ...IDS,
    survives:
      'the stream is part of what a repetition is compared by: it is refused all the same, with another sentence',
  },
  {
    name: 'ids: known events in another order count as a repetition',
    row: 'a repeated id is mistaken for another, or a new one for a repeated',
    patches: [
      {
        file: GROUP,
        find: 'before !== undefined && message.version !== before.version + 1',
        replace: 'before !== undefined && message.version === before.version',
      },
    ],
    ...IDS,
  },
];

const PAGES = { suites: ['long-reads'], killedBy: ['pages-agree', 'rests', 'controlled'] } as const;

export const pageSabotages: readonly Sabotage[] = [
  {
    name: 'pages: a subscription passes over the event after a full page',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/event-store/read/subscription.ts',
        find: 'return await this.#source.readAfter(this.#after, BATCH);',
        replace:
          'const page = await this.#source.readAfter(this.#after, BATCH); return page.length === BATCH ? [...page.slice(0, -1)].concat(await this.#source.readAfter(page[BATCH - 1]!.metadata.globalPosition, 1)) : page;',
      },
    ],
    ...PAGES,
  },
  {
    name: 'pages: a subscription that gave way has read its page already',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/event-store/read/subscription.ts',
        find: 'this.#inARow = 0;\n          await this.#source.giveWay();',
        replace:
          'this.#inARow = 0;\n          await this.#read().then((page) => { this.#after = page[0]!.metadata.globalPosition; });',
      },
    ],
    ...PAGES,
  },
  {
    name: 'pages: a catch-up is over after one page',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/feeder/replay.ts',
        find: 'if (last === undefined) return;',
        replace: 'if (last === undefined || position > 0) return;',
      },
    ],
    ...PAGES,
  },
  {
    name: 'pages: a rebuild is over after one page',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/read-models/rebuild.ts',
        find: 'position = numberOf(upTo.at(-1)?.metadata.globalPosition ?? resumeAfter(until));',
        replace:
          'position = upTo.length === BATCH_MAX ? until : numberOf(upTo.at(-1)?.metadata.globalPosition ?? resumeAfter(until));',
      },
    ],
    ...PAGES,
  },
  {
    name: 'pages: a feeder that fills its room takes what is left for read',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/feeder/feeder.ts',
        find: 'handler.readUpTo(events.length < count ? head',
        replace: 'handler.readUpTo(events.length <= count ? head',
      },
    ],
    ...PAGES,
  },
  {
    name: 'pages: what is parsed together begins one event late after the first 16 KiB',
    row: 'an event falls between two pages',
    patches: [
      {
        file: 'src/event-store/read/event-page.ts',
        find: 'for (const [at, event] of this.#due.entries()) {',
        replace:
          'for (const [at, event] of this.#due.entries()) {\n      if (at === 0 && this.#due.length < this.#events.length) continue;',
      },
    ],
    ...PAGES,
  },
];
