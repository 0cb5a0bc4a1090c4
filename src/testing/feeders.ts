/** What the tests of the feeder share: a store on a simulated machine, handlers that write down what they were given. */
import type { RecordedEvent } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { openEventStore } from '../event-store/open-event-store.js';
import { checkpointStream } from '../feeder/checkpoint.js';
import { type Feeder, type FeederHandler, type FeederOptions, startFeeder } from '../feeder/feeder.js';
import { type TestEnvironment, testEnvironment } from './test-environment.js';

export const FEEDER = 'news';

export interface World {
  readonly env: TestEnvironment;
  readonly store: EventStore;
}

export const world = async (env = testEnvironment()): Promise<World> => ({
  env,
  store: await openEventStore(env, '/log', { segmentBytes: 1 << 16 }),
});

/** The next life: on what the last one left on the disk. */
export const reboot = async ({ env, store }: World): Promise<World> => {
  await store.close();
  return await world(env.reboot());
};

export const append = async ({ store }: World, count: number, streamName = 's'): Promise<void> => {
  for (let index = 0; index < count; index++) {
    await store.appendToStream(streamName, [{ type: 'happened', data: index }]);
  }
};

/** A handler that writes down what it was given and what it flushed. */
export const handler = (name: string, options: Partial<FeederHandler> = {}) => {
  const seen: number[] = [];
  let flushed = 0;
  return {
    name,
    durability: 'durable' as const,
    seen,
    get flushed() {
      return flushed;
    },
    handle: (event: RecordedEvent) => void seen.push(Number(event.metadata.globalPosition)),
    flush: async () => {
      flushed = seen.at(-1) ?? 0;
    },
    ...options,
  };
};

export const start = (
  { env, store }: World,
  handlers: FeederHandler[],
  options: Partial<FeederOptions> = {},
) => {
  // The clock of these tests jumps ahead while a handler waits for the test.
  const patient = handlers.map((each) => ({ timeoutMs: Number.POSITIVE_INFINITY, ...each }));
  return startFeeder(env, store, {
    name: FEEDER,
    handlers: patient,
    stopTimeoutMs: Number.POSITIVE_INFINITY,
    ...options,
  });
};

export const checkpoints = async ({ store }: World): Promise<unknown[]> => {
  const { events } = await store.readStream(checkpointStream(FEEDER));
  return events.map(({ data }) => (data as { readonly position: unknown }).position);
};

export const ended = async (feeder: Feeder) =>
  (await feeder.stopped) as { readonly code?: string } | undefined;
