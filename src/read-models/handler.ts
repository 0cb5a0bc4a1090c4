/** A read model as a feeder takes it. */

import type { AnyEvent, Event } from '../event-store/event.js';
import type { FeederHandler } from '../feeder/feeder.js';
import type { ReadModel } from './read-model.js';

/**
 * Feeds a read model. A durable one is flushed before each checkpoint, and stands where its own file says. A volatile
 * one begins with nothing, and is fed the whole log.
 */
export const readModelHandler = <State, E extends AnyEvent = Event>(
  model: ReadModel<State, E>,
): FeederHandler<E> => ({
  name: model.name,
  durability: model.durability,
  check: (store) => model.check(store),
  position: () => model.position,
  handle: (event) => void model.apply(event),
  flush: () => model.flush(),
});

/**
 * Feeds a durable read model as if it were volatile: no checkpoint waits for it. It saves itself after every
 * `everyEvents` events, as a snapshot, and what came after that is fed again to the next life. For a model that is
 * large, or cheap to bring up to date.
 */
export const snapshotHandler = <State, E extends AnyEvent = Event>(
  model: ReadModel<State, E>,
  everyEvents: number,
): FeederHandler<E> => {
  let unsaved = 0;
  return {
    name: model.name,
    durability: 'volatile',
    check: (store) => model.check(store),
    position: () => model.position,
    handle: async (event) => {
      if (model.apply(event)) unsaved++;
      if (unsaved < everyEvents) return;
      await model.flush();
      unsaved = 0;
    },
  };
};
