/**
 * The sound logs that are mutated: small, and of every shape that the store writes. Full segments with index files,
 * with and without room ahead, compacted ones, groups of several frames in one write, batches over streams, events longer
 * than a sector, texts of several bytes a letter; a log that has nothing but its first segment, and an empty one.
 */
import type { Buffer } from 'node:buffer';
import type { Environment } from '../../src/environment.js';
import type { FrameHeader } from '../../src/event-store/format/frame.js';
import { parseSegmentFileName, scanSegment } from '../../src/event-store/format/segment.js';
import {
  type EventStore,
  examineLog,
  openEventStore,
  type RecordedEvent,
} from '../../src/event-store/index.js';
import type { StoreOptions } from '../../src/event-store/open-event-store.js';
import { realEnvironment } from '../../src/real-environment.js';
import { memoryDisk } from './memory-disk.js';
import { saveModels } from './models.js';

export const DIRECTORY = '/data';

export type Files = ReadonlyMap<string, Buffer>;

/** A segment of a sound log. */
export interface SoundSegment {
  readonly name: string;
  readonly number: number;
  readonly frames: readonly FrameHeader[];
  /** For each frame, how many events of the whole log lie before its end. */
  readonly eventsUpTo: readonly number[];
}

export interface SoundLog {
  readonly name: string;
  readonly options: StoreOptions;
  readonly files: Files;
  readonly segments: readonly SoundSegment[];
  /** Every event, as text. */
  readonly events: readonly string[];
  readonly streams: readonly string[];
}

const CLOCK = realEnvironment().clock;

/** A machine with a disk of its own, that draws the same ids each time, and on which nothing else runs: no lock is taken. */
export const machineWith = (files: Files): Environment => {
  let ids = 0;
  return {
    fs: memoryDisk(DIRECTORY, files),
    clock: CLOCK,
    random: { uint32: () => 4, uuid: () => `drawn-${++ids}` },
    mark: () => {},
  };
};

const filesOn = async ({ fs }: Environment): Promise<Files> => {
  const files = new Map<string, Buffer>();
  const names = await fs.readdir(DIRECTORY);
  for (const name of names.sort()) files.set(name, await fs.readFile(`${DIRECTORY}/${name}`));
  return files;
};

/** Everything that an event says. */
export const textOf = ({ type, data, metadata }: RecordedEvent): string =>
  JSON.stringify([
    type,
    data,
    metadata.messageId,
    metadata.streamName,
    Number(metadata.streamPosition),
    Number(metadata.globalPosition),
    metadata.correlationId,
    metadata.causationId,
  ]);

type Writing = (store: EventStore) => Promise<void>;

const eachAloneOf =
  (letter: string): Writing =>
  async (store) => {
    for (let i = 0; i < 24; i++) {
      const event = {
        type: 't',
        data: { i, text: letter.repeat(i) },
        correlationId: 'c',
        causationId: `cause-${i}`,
      };
      await store.appendToStream(`s${i % 3}`, [event]);
    }
  };

const eachAlone = eachAloneOf('é');

const batches: Writing = async (store) => {
  for (let i = 0; i < 10; i++) {
    await store.appendToStreams([
      {
        streamName: `s${i % 2}`,
        events: [
          { type: 't', data: i },
          { type: 't', data: 'x'.repeat(20 * i) },
        ],
      },
      { streamName: 'all', events: [{ type: 'seen', data: null }] },
    ]);
  }
};

/** Appends that share a write, as those of concurrent writers do. */
const groups: Writing = async (store) => {
  for (let turn = 0; turn < 5; turn++) {
    await Promise.all(
      Array.from({ length: 6 }, (_, writer) =>
        store.appendToStream(`w${writer}`, [{ type: 'written', data: 'y'.repeat(40 * writer) }]),
      ),
    );
  }
};

const checkpoints: Writing = async (store) => {
  for (let i = 1; i <= 16; i++) {
    await store.appendToStream('s', [{ type: 't', data: { i } }]);
    const data = { feeder: 'main', position: 2 * i - 1, writer: 'x'.repeat(60) };
    await store.appendToStream('$checkpoint-main', [{ type: 'checkpoint', data }]);
  }
};

const CLOSED = 'closed';

const SHAPES: readonly (readonly [name: string, options: StoreOptions, write: Writing])[] = [
  ['one segment', { segmentBytes: 16 * 1024, preallocateBytes: 1024 }, eachAlone],
  ['full segments', { segmentBytes: 1600, preallocateBytes: 512 }, eachAlone],
  ['no room ahead', { segmentBytes: 1200, preallocateBytes: 0 }, batches],
  ['groups', { segmentBytes: 2048, preallocateBytes: 1024 }, groups],
  ['compacted segments', { segmentBytes: 1536, preallocateBytes: 512, maxCount: () => 2 }, checkpoints],
  ['read from the disk', { segmentBytes: 1536, preallocateBytes: 512, cacheBytes: 0 }, groups],
  ['closed, one segment', { segmentBytes: 16 * 1024, preallocateBytes: 1024 }, eachAlone],
  ['closed, full segments', { segmentBytes: 1600, preallocateBytes: 512 }, eachAlone],
  [
    'closed, compacted segments',
    { segmentBytes: 1536, preallocateBytes: 512, maxCount: () => 2 },
    checkpoints,
  ],
  // As many events under the same ids, of the same lengths, that say something else.
  [
    'closed, full segments, of another store',
    { segmentBytes: 1600, preallocateBytes: 512 },
    eachAloneOf('ä'),
  ],
  ['nothing in it', {}, async () => {}],
];

/** Those beside which read models keep their files. */
const WITH_MODELS = /full segments|compacted|groups/;

const soundLog = async ([name, options, write]: (typeof SHAPES)[number]): Promise<SoundLog> => {
  const machine = machineWith(new Map());
  const store = await openEventStore(machine, DIRECTORY, options);
  await write(store);
  if (WITH_MODELS.test(name)) await saveModels(machine, DIRECTORY, store);
  // As the power leaves it, or as closing does: then the last segment, too, is full, and has its index file.
  const cutOff = await filesOn(machine);
  await store.close();
  const files = name.startsWith(CLOSED) ? await filesOn(machine) : cutOff;
  const events: RecordedEvent[] = [];
  await examineLog(machineWith(files).fs, DIRECTORY, (event) => events.push(event));
  return {
    name,
    options,
    files,
    segments: segmentsOf(files, events),
    events: events.map(textOf),
    streams: [...new Set(events.map(({ metadata }) => metadata.streamName))],
  };
};

const segmentsOf = (files: Files, events: readonly RecordedEvent[]): SoundSegment[] => {
  const segments: SoundSegment[] = [];
  for (const [name, bytes] of files) {
    const number = parseSegmentFileName(name);
    if (number === undefined) continue;
    const { frames } = scanSegment(bytes, number);
    // A compacted frame covers positions whose events are gone: what counts is which events there are.
    const eventsUpTo = frames.map((_, index) => {
      const next = frames[index + 1]?.position ?? nextSegmentBase(files, number) ?? Number.POSITIVE_INFINITY;
      return events.filter(({ metadata }) => Number(metadata.globalPosition) < next).length;
    });
    segments.push({ name, number, frames, eventsUpTo });
  }
  return segments;
};

const nextSegmentBase = (files: Files, number: number): number | undefined => {
  for (const [name, bytes] of files) {
    if (parseSegmentFileName(name) === number + 1) return scanSegment(bytes, number + 1).base;
  }
  return undefined;
};

/** One of each shape. O(1): a few hundred events in all. */
export const makeCorpus = (): Promise<readonly SoundLog[]> => Promise.all(SHAPES.map(soundLog));
