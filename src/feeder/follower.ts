/**
 * A follower: a feeder for one handler that keeps its position itself, together with its state. So there is no
 * checkpoint to write: flushing the handler is all that makes progress durable.
 */
import type { Environment } from '../environment.js';
import { type AnyEvent, BEGINNING, type Event, type Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { CheckpointKeeper } from './checkpoint.js';
import { type Feeder, type FeederHandler, type FeederOptions, runFeeder } from './feeder.js';

/** Feeds `handler` from its own position on, or from the BEGINNING if it has none. @throws HandlerBeyondHeadError */
export const startFollower = <E extends AnyEvent = Event>(
  env: Environment,
  store: EventStore,
  handler: FeederHandler<E>,
  options: Omit<FeederOptions, 'name' | 'handlers'> = {},
): Feeder =>
  runFeeder(env, store, { ...options, name: handler.name, handlers: [handler] }, keptByHandler(handler));

const keptByHandler = (handler: Pick<FeederHandler, 'position'>): CheckpointKeeper => {
  let position: Resume = handler.position?.() ?? BEGINNING;
  return {
    get position() {
      return position;
    },
    writes: 0,
    write: async (flushed) => {
      position = flushed;
      return undefined;
    },
  };
};
