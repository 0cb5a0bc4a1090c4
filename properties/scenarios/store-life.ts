/** One life of a bare event store under test, and how it is looked at. */
import type { Attempted, Json, SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import type { Feeder } from '../../src/feeder/feeder.js';
import { loggedEvent } from '../observation/logged-events.js';
import { type Claim, type LoggedEvent, NOTHING_OBSERVED } from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';

/** Small, so that a few commands already fill a segment and begin the next. */
const SEGMENT_BYTES = 2048;

export interface StoreLife {
  readonly store: EventStore;
}

export const bootStore = async (env: SimulatedEnvironment): Promise<StoreLife> => ({
  store: await openEventStore(env, '/data', { segmentBytes: SEGMENT_BYTES }),
});

export const logOf = async ({ store }: StoreLife): Promise<readonly LoggedEvent[]> =>
  (await store.readAll()).map(loggedEvent);

export const headOfStore = ({ store }: StoreLife): number => numberOf(store.head());

/** A clean shutdown, from the source of work to the disk: the feeder, the read model that it feeds, the store. */
export const stopInOrder = async ({ feeder, model, store }: Stoppable): Promise<void> => {
  await feeder.stop();
  if (model !== undefined) await model.close();
  await store.close();
};

interface Stoppable extends StoreLife {
  readonly feeder: Pick<Feeder, 'stop'>;
  readonly model?: { close(): Promise<void> };
}

export const rememberStore = async (life: StoreLife): Promise<Json> =>
  remember({ ...NOTHING_OBSERVED, log: await logOf(life) });

/** What the answer to the append of one event promises. */
export interface AppendAnswer {
  readonly version: number;
  readonly position: number;
}

/** What a command promises that appends one event, or answers in another way and promises none. */
export const claimOfAppend = (
  { index, outcome }: Attempted<unknown, AppendAnswer | string | null>,
  event: { readonly type: string; readonly streamName: string },
): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const answer = outcome.result;
  if (answer === null || typeof answer === 'string')
    return { command: index, status: 'acknowledged', events: [] };
  const { version: streamPosition, position: globalPosition } = answer;
  const promised = { ...event, streamPosition, globalPosition, command: index };
  return { command: index, status: 'acknowledged', events: [promised] };
};
