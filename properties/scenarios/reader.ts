/** Someone who reads the whole log and then goes on reading, one event a millisecond, and what the invariants see of that. */
import { type Clock, sleep } from '../../src/environment.js';
import { isSystemStream } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import type { SubscriberView } from '../observation/observation.js';

/** How long an event takes: others append meanwhile. */
const READING_MS = 1;
/** Simulated milliseconds beyond which it is not late any more but lost. */
const PATIENCE_MS = 1000;

export interface Reader {
  /** The positions of domain events, in the order they came. */
  readonly delivered: readonly number[];
  /** Resolves when it has read all that there is, or has had ample time to. */
  caughtUp(): Promise<void>;
  view(): SubscriberView;
}

/** Subscribes from the beginning. */
export const startReader = (clock: Clock, store: EventStore): Reader => {
  const delivered: number[] = [];
  let read = 0;
  const lag = (): number => numberOf(store.head()) - read;
  const readOn = async (): Promise<void> => {
    for await (const { metadata } of store.subscribeToAll()) {
      await sleep(clock, READING_MS);
      read = numberOf(metadata.globalPosition);
      if (!isSystemStream(metadata.streamName)) delivered.push(read);
    }
  };
  void readOn();
  return {
    delivered,
    caughtUp: async () => {
      for (let waited = 0; lag() > 0 && waited < PATIENCE_MS; waited += READING_MS)
        await sleep(clock, READING_MS);
    },
    view: () => ({
      name: 'reader',
      durability: 'volatile',
      start: 0,
      appliedAtStart: 0,
      lag: Math.max(0, lag()),
      delivered,
      handled: new Set(delivered),
    }),
  };
};
