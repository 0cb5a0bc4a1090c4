/**
 * What the event store costs above the disk it writes to, and beside the stores one would otherwise pick. On the real
 * disk, in a directory beside the project (a temporary directory may be memory).
 *
 * The raw file gets as many bytes as the store's. It is written by write and fdatasync, or by one write with O_DSYNC, in room
 * that was allocated before, off the clock; or it grows, so that each sync commits a new size. A store that keeps what
 * it is given is somewhere between: it allocates room once for many writes, but on the clock.
 */
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BEGINNING, type DurableEventStore, openEventStore, type Resume } from '../src/event-store/index.js';
import { type RealEnvironmentOptions, realEnvironment } from '../src/real-environment.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';
import { HOW_TO_INSTALL, openPeers, type Peer, peersAreInstalled } from './measuring/peer-stores.js';

const BATCH = 100;
const WRITERS = 64;
const STREAMS = 1000;
const FEW_EVENTS = 100_000;
const MANY_EVENTS = 1_000_000;
const LAST_EVENTS = 20_000;
const FILL_BATCH = 1000;
/** As many as the fewest events fill. Opening takes in the name of each stream, so both stores have as many. */
const FILLED_STREAMS = (FEW_EVENTS - LAST_EVENTS) / FILL_BATCH;
const PAGES = [1000, 10_000];
/** What the store writes for an event like ours, and for an append. */
const EVENT_BYTES = 187;
const FRAME_BYTES = 32;
const RAW_BYTES = 256 * 1024 * 1024;

const event = { type: 'deposited', data: { account: 'a-1234', amount: 12.5, note: 'x'.repeat(60) } };
const batch = Array.from({ length: BATCH }, () => event);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // what the flag brings

const withDirectory = async <T>(use: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(fileURLToPath(new URL('../.bench-', import.meta.url)));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
};

const withStore = <T>(
  options: RealEnvironmentOptions,
  use: (store: DurableEventStore) => Promise<T>,
): Promise<T> =>
  withDirectory(async (directory) => {
    const store = await openEventStore(realEnvironment(options), directory);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  });

const withPeers = <T>(use: (peers: readonly Peer[]) => Promise<T>): Promise<T> =>
  withDirectory(async (directory) => {
    if (!peersAreInstalled()) console.log(`${HOW_TO_INSTALL}\n`);
    const peers = peersAreInstalled() ? await openPeers(directory) : [];
    try {
      return await use(peers);
    } finally {
      for (const peer of peers) await peer.close();
    }
  });

/** A file that has this size from the start. */
const allocate = async (path: string, size: number): Promise<void> => {
  const file = await open(path, 'w');
  const zeros = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < size; at += zeros.length) await file.write(zeros, 0, zeros.length, at);
  await file.sync();
  await file.close();
};

/** Writes `bytes` durably again and again, in a file of this size, or in one that grows. */
const withRawFile = <T>(
  flags: number,
  size: number,
  use: (append: (bytes: Buffer) => Promise<void>) => Promise<T>,
): Promise<T> =>
  withDirectory(async (directory) => {
    const path = `${directory}/raw`;
    await allocate(path, size);
    const file = await open(path, constants.O_RDWR | flags);
    try {
      let end = 0;
      return await use(async (bytes) => {
        if (size > 0 && end + bytes.length > size) end = 0;
        await file.write(bytes, 0, bytes.length, end);
        if (flags === 0) await file.datasync();
        end += bytes.length;
      });
    } finally {
      await file.close();
    }
  });

let turn = 0;
const nextStream = (): string => `account-${turn++ % STREAMS}`;

const atOnce = (append: () => unknown): Promise<unknown> =>
  Promise.all(Array.from({ length: WRITERS }, append));

/** What appends are compared with, all open at once so that they can take turns. */
interface Workplace {
  readonly raw: (bytes: Buffer) => Promise<void>;
  readonly rawOneCall: (bytes: Buffer) => Promise<void>;
  readonly rawGrowing: (bytes: Buffer) => Promise<void>;
  readonly store: DurableEventStore;
  readonly backgroundStore: DurableEventStore;
  readonly blockingStore: DurableEventStore;
  readonly peers: readonly Peer[];
}

const oneWriter = (place: Workplace, size: number) => {
  const { raw, rawOneCall, rawGrowing, store, backgroundStore, blockingStore, peers } = place;
  const bytes = Buffer.alloc(FRAME_BYTES + EVENT_BYTES * size, 1);
  const events = batch.slice(0, size);
  const contender = (name: string, append: () => unknown): Contender => ({
    name,
    operations: size,
    run: append,
  });
  return compare(
    size === 1 ? 'One event, one writer' : `${size} events at once, one writer`,
    contender('raw file, write + fdatasync', () => raw(bytes)),
    [
      contender('raw file, one write with O_DSYNC', () => rawOneCall(bytes)),
      contender('raw file that grows, write + fdatasync', () => rawGrowing(bytes)),
      contender('store', () => store.appendToStream(nextStream(), events)),
      contender('store, background writes', () => backgroundStore.appendToStream(nextStream(), events)),
      contender('store, blocking writes', () => blockingStore.appendToStream(nextStream(), events)),
      ...peers.map((peer) => contender(peer.name, () => peer.append(nextStream(), events))),
    ],
  );
};

const manyWriters = ({ store, backgroundStore, blockingStore, peers }: Workplace) => {
  const contender = (name: string, append: () => unknown): Contender => ({
    name: `${name}, ${WRITERS} writers`,
    operations: WRITERS,
    run: () => atOnce(append),
  });
  return compare(
    `One event, ${WRITERS} writers at once`,
    {
      name: 'store, 1 writer',
      operations: 1,
      run: () => store.appendToStream(nextStream(), [event]),
    },
    [
      contender('store', () => store.appendToStream(nextStream(), [event])),
      contender('store, background writes', () => backgroundStore.appendToStream(nextStream(), [event])),
      contender('store, blocking writes', () => blockingStore.appendToStream(nextStream(), [event])),
      ...peers.map(({ name, append, appendAmongOthers = append }) =>
        contender(name, () => appendAmongOthers(nextStream(), [event])),
      ),
    ],
  );
};

const appending = (): Promise<readonly Comparison[]> =>
  withRawFile(0, RAW_BYTES, (raw) =>
    withRawFile(constants.O_DSYNC, RAW_BYTES, (rawOneCall) =>
      withRawFile(0, 0, (rawGrowing) =>
        withStore({}, (store) =>
          withStore({ writes: 'background' }, (backgroundStore) =>
            withStore({ writes: 'blocking' }, (blockingStore) =>
              withPeers(async (peers) => {
                const place = { raw, rawOneCall, rawGrowing, store, backgroundStore, blockingStore, peers };
                return [await oneWriter(place, 1), await manyWriters(place), await oneWriter(place, BATCH)];
              }),
            ),
          ),
        ),
      ),
    ),
  );

const fill = async (store: DurableEventStore, count: number): Promise<void> => {
  const many = Array.from({ length: FILL_BATCH }, () => event);
  for (let at = 0; at < count; at += FILL_BATCH) {
    await store.appendToStream(`account-${(at / FILL_BATCH) % FILLED_STREAMS}`, many);
  }
};

const readEverything = async (store: DurableEventStore, maxCount: number): Promise<void> => {
  let after: Resume = BEGINNING;
  for (;;) {
    const last = (await store.readAll({ after, maxCount })).at(-1);
    if (last === undefined) return;
    after = last.metadata.globalPosition;
  }
};

const reading = (): Promise<readonly Comparison[]> =>
  withDirectory((directory) =>
    withStore({}, async (store) => {
      await fill(store, FEW_EVENTS);
      const file = `${directory}/events.ndjson`;
      const lines = (await store.readAll()).map(({ type, data, metadata: { messageId, streamName } }) =>
        JSON.stringify({ type, data, metadata: { messageId, streamName } }),
      );
      await writeFile(file, lines.join('\n'));
      const baseline = {
        name: 'readFile, split, JSON.parse',
        operations: FEW_EVENTS,
        run: async () =>
          (await readFile(file, 'utf8')).split('\n').map((line) => JSON.parse(line) as unknown),
      };
      const pages = PAGES.map((page) => ({
        name: `store, readAll by ${page.toLocaleString('en')}`,
        operations: FEW_EVENTS,
        run: () => readEverything(store, page),
      }));
      // Long turns: after a collection the first events also pay for the memory that it gave back.
      const options = { rounds: 7, turnMs: 1000, before: collectGarbage };
      const title = 'Reading every event, data parsed';
      return [
        await compare(`${title} (processor time, all threads)`, baseline, pages, {
          ...options,
          clock: processorMs,
        }),
        await compare(`${title} (by the clock)`, baseline, pages, options),
      ];
    }),
  );

/**
 * Reading from memory needs only the processor, which other processes may share. Counts the threads of the garbage
 * collector, too, which cost nothing by the clock.
 */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const usedBytes = async (): Promise<number> => {
  // Buffers are given back some time after the first.
  for (let turn = 0; turn < 3; turn++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What an open store holds in memory when all of it was read, and so every index is loaded and the cache is full. */
const tellMemory = async (directory: string): Promise<void> => {
  const before = await usedBytes();
  const store = await openEventStore(realEnvironment(), directory);
  await readEverything(store, 1000);
  const perEvent = ((await usedBytes()) - before) / MANY_EVENTS;
  console.log(
    `An open store of ${MANY_EVENTS.toLocaleString('en')} events, all read: ${perEvent.toFixed(0)} bytes an event\n`,
  );
  await store.close();
};

const opening = (): Promise<Comparison> =>
  withDirectory(async (directory) => {
    const reopen = async (count: number): Promise<Contender> => {
      const path = `${directory}/${count}`;
      // Opening reads the index of the last segment: so that both have one as long, it is begun with the last events.
      for (const events of [count - LAST_EVENTS, LAST_EVENTS]) {
        const store = await openEventStore(realEnvironment(), path);
        await fill(store, events);
        await store.close();
      }
      return {
        name: `${count.toLocaleString('en')} events`,
        operations: 1,
        run: async () => (await openEventStore(realEnvironment(), path)).close(),
      };
    };
    const few = await reopen(FEW_EVENTS);
    const many = await reopen(MANY_EVENTS);
    const opened = await compare('Opening', few, [many], {
      rounds: 7,
      turnMs: 300,
    });
    await tellMemory(`${directory}/${MANY_EVENTS}`);
    return opened;
  });

export const comparisons = async (): Promise<readonly Comparison[]> => [
  // First of all, as in a program that starts: what the others leave in memory would be swept up on its account.
  await opening(),
  ...(await appending()),
  ...(await reading()),
];
