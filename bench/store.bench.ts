/**
 * What the event store costs above the disk it writes to: against a raw file with write and fdatasync, in room that was
 * allocated before. On the real disk, in a directory beside the project (a temporary directory may be memory).
 */
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { realEnvironment } from '../src/environment.js';
import { BEGINNING, type DurableEventStore, openEventStore, type Resume } from '../src/event-store/index.js';
import { type Comparison, type Contender, compare } from './paired.js';

const BATCH = 100;
const WRITERS = 64;
const STREAMS = 1000;
const FEW_EVENTS = 100_000;
const MANY_EVENTS = 1_000_000;
const PAGE = 10_000;
/** What the store writes for an event like ours. */
const EVENT_BYTES = 200;

const event = { type: 'deposited', data: { account: 'a-1234', amount: 12.5, note: 'x'.repeat(60) } };
const batch = Array.from({ length: BATCH }, () => event);

const withDirectory = async <T>(use: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(fileURLToPath(new URL('../.bench-', import.meta.url)));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
};

const withStore = <T>(use: (store: DurableEventStore) => Promise<T>): Promise<T> =>
  withDirectory(async (directory) => {
    const store = await openEventStore(realEnvironment(), directory);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  });

/** Writes and syncs `bytes` again and again, in a file that has its size from the start. */
const withRawFile = <T>(use: (append: (bytes: Buffer) => Promise<void>) => Promise<T>): Promise<T> =>
  withDirectory(async (directory) => {
    const size = 256 * 1024 * 1024;
    const file = await open(`${directory}/raw`, 'w+');
    try {
      const zeros = Buffer.alloc(1024 * 1024);
      for (let at = 0; at < size; at += zeros.length) await file.write(zeros, 0, zeros.length, at);
      await file.sync();
      let end = 0;
      return await use(async (bytes) => {
        if (end + bytes.length > size) end = 0;
        await file.write(bytes, 0, bytes.length, end);
        await file.datasync();
        end += bytes.length;
      });
    } finally {
      await file.close();
    }
  });

const appending = (): Promise<readonly Comparison[]> =>
  withRawFile((append) =>
    withStore(async (store) => {
      let turn = 0;
      const streamName = (): string => `account-${turn++ % STREAMS}`;
      const one = Buffer.alloc(EVENT_BYTES, 1);
      const hundred = Buffer.alloc(EVENT_BYTES * BATCH, 1);
      const appendOne: Contender = {
        name: 'store, 1 writer',
        operations: 1,
        run: () => store.appendToStream(streamName(), [event]),
      };
      return [
        await compare(
          'One event, durable',
          { name: 'raw write + fdatasync', operations: 1, run: () => append(one) },
          [appendOne],
        ),
        await compare('Concurrent writers of one event', appendOne, [
          {
            name: `store, ${WRITERS} writers`,
            operations: WRITERS,
            run: () =>
              Promise.all(Array.from({ length: WRITERS }, () => store.appendToStream(streamName(), [event]))),
          },
        ]),
        await compare(
          `${BATCH} events at once, durable`,
          { name: 'raw write + fdatasync', operations: BATCH, run: () => append(hundred) },
          [{ name: 'store', operations: BATCH, run: () => store.appendToStream(streamName(), batch) }],
        ),
      ];
    }),
  );

const fill = async (store: DurableEventStore, count: number): Promise<void> => {
  const many = Array.from({ length: 1000 }, () => event);
  for (let at = 0; at < count; at += many.length) {
    await store.appendToStream(`account-${(at / many.length) % STREAMS}`, many);
  }
};

const readEverything = async (store: DurableEventStore): Promise<void> => {
  let after: Resume = BEGINNING;
  for (;;) {
    const last = (await store.readAll({ after, maxCount: PAGE })).at(-1);
    if (last === undefined) return;
    after = last.metadata.globalPosition;
  }
};

const reading = (): Promise<Comparison> =>
  withDirectory((directory) =>
    withStore(async (store) => {
      await fill(store, FEW_EVENTS);
      const file = `${directory}/events.ndjson`;
      const lines = (await store.readAll()).map(({ type, data, metadata: { messageId, streamName } }) =>
        JSON.stringify({ type, data, metadata: { messageId, streamName } }),
      );
      await writeFile(file, lines.join('\n'));
      return await compare(
        'Reading every event',
        {
          name: 'readFile, split, JSON.parse',
          operations: FEW_EVENTS,
          run: async () =>
            (await readFile(file, 'utf8')).split('\n').map((line) => JSON.parse(line) as unknown),
        },
        [{ name: 'store, readAll', operations: FEW_EVENTS, run: () => readEverything(store) }],
        { rounds: 7, turnMs: 300 },
      );
    }),
  );

const opening = (): Promise<Comparison> =>
  withDirectory(async (directory) => {
    const reopen = async (count: number): Promise<Contender> => {
      const path = `${directory}/${count}`;
      const store = await openEventStore(realEnvironment(), path);
      await fill(store, count);
      await store.close();
      return {
        name: `${count.toLocaleString('en')} events`,
        operations: 1,
        run: async () => (await openEventStore(realEnvironment(), path)).close(),
      };
    };
    return await compare('Opening', await reopen(FEW_EVENTS), [await reopen(MANY_EVENTS)], {
      rounds: 7,
      turnMs: 300,
    });
  });

export const comparisons = async (): Promise<readonly Comparison[]> => [
  ...(await appending()),
  await reading(),
  await opening(),
];
