/**
 * One of many processes that want the same store: it opens the store as soon as it can, and appends until it is killed.
 * Says when it has opened, and what was acknowledged.
 */
import { setTimeout as pauseMs } from 'node:timers/promises';
import type { Environment } from '../../src/environment.js';
import { type DurableEventStore, openEventStore, StoreLockedError } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { processorWaitMs } from './processor-wait.js';

const TRY_AGAIN_MS = 20;

/** One attempt to open the store, in milliseconds. */
export interface AttemptMs {
  /** From its call to its end, by the clock. */
  readonly took: number;
  /** Of this, how long the process waited for a processor. */
  readonly processor: number;
  /** Of this, how long the store asked a timer to wait. */
  readonly timers: number;
}

/**
 * The reports of a rival: when it had the store, and how long the attempt took; or how long an attempt took that waited for
 * others and was still refused; or that an append of its stream was acknowledged, up to this version.
 */
export type RivalSaid =
  | { readonly opened: number; readonly attempt: AttemptMs }
  | { readonly refused: AttemptMs }
  | { readonly stream: string; readonly version: number };

const say = (said: RivalSaid): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve());
  });

/** The real environment, and a watch over one attempt in it. */
const watched = (): { readonly env: Environment; readonly attempt: () => AttemptMs } => {
  const real = realEnvironment();
  const [began, waited] = [performance.now(), processorWaitMs()];
  let timers = 0;
  const schedule: Environment['clock']['schedule'] = (delayMs, callback) => {
    timers += delayMs;
    return real.clock.schedule(delayMs, callback);
  };
  return {
    env: { ...real, clock: { ...real.clock, schedule } },
    attempt: () => {
      const took = performance.now() - began;
      // Threads may wait side by side.
      return { took, processor: Math.min(took, processorWaitMs() - waited), timers };
    },
  };
};

const openWhenFree = async (
  directory: string,
): Promise<{ readonly store: DurableEventStore; readonly attempt: AttemptMs }> => {
  for (;;) {
    const { env, attempt } = watched();
    try {
      const store = await openEventStore(env, directory, { segmentBytes: 64 * 1024 });
      return { store, attempt: attempt() };
    } catch (error) {
      if (!(error instanceof StoreLockedError)) throw error;
      const refused = attempt();
      if (refused.timers > 0) await say({ refused });
      await pauseMs(TRY_AGAIN_MS);
    }
  }
};

const [directory = ''] = process.argv.slice(2);
const { store, attempt } = await openWhenFree(directory);
await say({ opened: Date.now(), attempt });
const stream = `rival-${process.pid}-${Date.now()}`;
for (let version = 1; ; version++) {
  await store.appendToStream(stream, [{ type: 'written', data: { stream, version } }], {
    expectedStreamVersion: BigInt(version - 1),
  });
  await say({ stream, version });
}
