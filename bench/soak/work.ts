/**
 * The process that is killed: a store on the real disk with concurrent writers, subscribers, and a feeder with two read
 * models. It says what it was acknowledged and what it holds, and ends by itself only when it finds something wrong.
 */
import { readdirSync } from 'node:fs';
import type { Environment } from '../../src/environment.js';
import { type EventStore, isSystemStream, openEventStore, type Resume } from '../../src/event-store/index.js';
import { numberOf, resumeAfter } from '../../src/event-store/position.js';
import { type Feeder, type FeederHandler, startFeeder } from '../../src/feeder/index.js';
import {
  openReadModel,
  type Projection,
  type ReadModel,
  readModelHandler,
  snapshotHandler,
} from '../../src/read-models/index.js';
import { realEnvironment } from '../../src/real-environment.js';

export const WRITERS = 16;
const STREAMS_PER_WRITER = 4;
const SUBSCRIBERS = 4;
/** How far back a subscription begins: it goes from history to live in each life, however long the log is. */
const BACK = 10_000;
const PAUSE_MS = 4;
const REPORT_MS = 250;
const SNAPSHOT_EVERY = 5000;
export const OPTIONS = { segmentBytes: 1024 * 1024, cacheBytes: 8 * 1024 * 1024 };

/** What the process says: an acknowledged append, or what it holds. */
export type Said =
  | { readonly stream: string; readonly version: number; readonly position: number }
  | {
      readonly ageMs: number;
      readonly rssBytes: number;
      readonly descriptors: number;
      readonly events: number;
    };

/** The content of an event, computed from its stream and version, so that a reader can check it. */
export const contentOf = (stream: string, version: number): string =>
  `${stream}#${version}${'.'.repeat((version * 37) % 300)}`;

/** Of each stream, how many events there were, and how many letters they had. */
type Letters = { readonly [stream: string]: { readonly events: number; readonly letters: number } };

export const letters = (name: 'durable' | 'snapshot'): Projection<Letters> => ({
  name,
  initial: {},
  evolve: (state, { data, metadata }) => {
    const before = state[metadata.streamName] ?? { events: 0, letters: 0 };
    const now = { events: before.events + 1, letters: before.letters + String(data).length };
    return { ...state, [metadata.streamName]: now };
  },
});

export interface Fed {
  readonly models: readonly ReadModel<Letters>[];
  readonly handlers: readonly FeederHandler[];
}

/** Both read models as they are on the disk, and their handlers. */
export const openModels = async (env: Environment, directory: string): Promise<Fed> => {
  const storage = { durability: 'durable', fs: env.fs, directory } as const;
  const durable = await openReadModel(letters('durable'), storage);
  const snapshot = await openReadModel(letters('snapshot'), storage);
  const handlers = [readModelHandler(durable), snapshotHandler(snapshot, SNAPSHOT_EVERY)];
  return { models: [durable, snapshot], handlers };
};

export const feed = (env: Environment, store: EventStore, { handlers }: Fed): Promise<Feeder> =>
  startFeeder(env, store, { name: 'soak', handlers, checkpoint: { everyEvents: 1000, everyMs: 200 } });

/** Resolves when the pipe has taken it. A message lost with the process is one acknowledgement less to check. */
const say = (said: Said): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve());
  });

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

class Work {
  constructor(
    private readonly store: EventStore,
    private readonly feeder: Feeder,
    private readonly fed: Fed,
  ) {}

  async write(writer: number): Promise<never> {
    for (let turn = 0; ; turn++) {
      const stream = `writer-${writer}-${turn % STREAMS_PER_WRITER}`;
      const version = this.store.streamVersion(stream) + 1n;
      // Named by its place, so that an append whose answer was lost is repeated, and not done twice.
      const event = {
        type: 'written',
        data: contentOf(stream, Number(version)),
        messageId: `${stream}-${version}`,
      };
      const { lastEventGlobalPosition } = await this.store.appendToStream(stream, [event], {
        expectedStreamVersion: version - 1n,
      });
      await say({ stream, version: Number(version), position: Number(lastEventGlobalPosition) });
      if (turn % 10 === 0) await this.look(stream, Number(version), lastEventGlobalPosition);
      await pause();
    }
  }

  /** Reads its own write. */
  async look(stream: string, version: number, position: Resume): Promise<void> {
    for (const model of this.fed.models) {
      await this.feeder.waitFor(position, { handler: model.name });
      const seen = model.state[stream]?.events ?? 0;
      if (seen < version)
        throw new Error(`model ${model.name} shows ${seen} events of ${stream}, not ${version}`);
    }
  }

  /** Within each stream there is no gap and no double, whatever compaction leaves out of the system's. */
  async subscribe(): Promise<void> {
    const versions = new Map<string, bigint>();
    let last = 0n;
    const after = resumeAfter(Math.max(0, numberOf(this.store.head()) - BACK));
    for await (const { metadata } of this.store.subscribeToAll({ after })) {
      const { streamName, streamPosition, globalPosition } = metadata;
      const before = versions.get(streamName);
      const follows = before === undefined || streamPosition === before + 1n || isSystemStream(streamName);
      if (!follows || globalPosition <= last)
        throw new Error(`after event ${before} of ${streamName} a subscription gave ${streamPosition}`);
      versions.set(streamName, streamPosition);
      last = globalPosition;
    }
  }

  async report(): Promise<never> {
    const began = Date.now();
    for (;;) {
      const descriptors = readdirSync('/proc/self/fd').length;
      const events = numberOf(this.store.head());
      await say({ ageMs: Date.now() - began, rssBytes: process.memoryUsage.rss(), descriptors, events });
      await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
    }
  }
}

/** Lives until it is killed. */
const work = async (directory: string): Promise<void> => {
  const env = realEnvironment();
  const store = await openEventStore(env, `${directory}/log`, OPTIONS);
  const fed = await openModels(env, directory);
  const feeder = await feed(env, store, fed);
  const stopped = feeder.stopped.then((reason) => {
    throw new Error('the feeder stopped', { cause: reason });
  });
  const own = new Work(store, feeder, fed);
  await Promise.all([
    stopped,
    own.report(),
    ...Array.from({ length: SUBSCRIBERS }, () => own.subscribe()),
    ...Array.from({ length: WRITERS }, (_, writer) => own.write(writer)),
  ]);
};

const [mode, directory] = process.argv.slice(2);
if (mode === '--work' && directory !== undefined) await work(directory);
