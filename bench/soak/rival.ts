/**
 * One of many processes that want the same store: it opens the store as soon as it can, and appends until it is killed.
 * Says when it has opened, and what was acknowledged.
 */
import { setTimeout as pauseMs } from 'node:timers/promises';
import { type DurableEventStore, openEventStore, StoreLockedError } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';

const TRY_AGAIN_MS = 20;

/**
 * What a rival says: when it had the store, and how many milliseconds the opening that succeeded took; or that an append of its
 * stream was acknowledged, up to this version.
 */
export type RivalSaid =
  | { readonly opened: number; readonly openingMs: number }
  | { readonly stream: string; readonly version: number };

const say = (said: RivalSaid): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve());
  });

const openWhenFree = async (
  directory: string,
): Promise<{ readonly store: DurableEventStore; readonly openingMs: number }> => {
  for (;;) {
    try {
      const began = performance.now();
      const store = await openEventStore(realEnvironment(), directory, { segmentBytes: 64 * 1024 });
      return { store, openingMs: Math.round(performance.now() - began) };
    } catch (error) {
      if (!(error instanceof StoreLockedError)) throw error;
      await pauseMs(TRY_AGAIN_MS);
    }
  }
};

const [directory = ''] = process.argv.slice(2);
const { store, openingMs } = await openWhenFree(directory);
await say({ opened: Date.now(), openingMs });
const stream = `rival-${process.pid}-${Date.now()}`;
for (let version = 1; ; version++) {
  await store.appendToStream(stream, [{ type: 'written', data: { stream, version } }], {
    expectedStreamVersion: BigInt(version - 1),
  });
  await say({ stream, version });
}
