/** Rebuilding a read model while it goes on serving. */
import { type AnyEvent, type Event, isSystemStream, type RecordedEvent } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { numberOf, resumeAfter } from '../event-store/position.js';
import type { Projection } from './projection.js';
import type { ReadModel } from './read-model.js';

const BATCH_MAX = 256;

/**
 * Folds the log again beside the model in use, and replaces its state once both have the same last event. Readers see the old
 * state or the new one. Delivery to the model continues meanwhile: no event is missed or applied twice. Resolves when the new
 * state is durable, if the model is.
 *
 * A repaired `projection` of the same name takes over from the model's own, for the log and for what comes after.
 * Reads the log once; holds both states in memory.
 */
export const rebuild = async <State, E extends AnyEvent = Event>(
  model: ReadModel<State, E>,
  store: EventStore,
  projection: Projection<State, E> = model.projection,
): Promise<void> => {
  let state = projection.initial;
  let position = 0;
  let last: RecordedEvent<E> | undefined;
  // The model moves on while the log is read. When it is reached the states are swapped with nothing awaited in
  // between, so no event can come in between either.
  for (let until = numberOf(model.position); position < until; until = numberOf(model.position)) {
    const maxCount = Math.min(BATCH_MAX, until - position);
    const events = await store.readAll<E>({ after: resumeAfter(position), maxCount });
    const upTo = events.filter(({ metadata }) => numberOf(metadata.globalPosition) <= until);
    for (const event of upTo) {
      if (isSystemStream(event.metadata.streamName)) continue;
      state = projection.evolve(state, event);
      last = event;
    }
    // Where the log keeps a stretch no more there is nothing to read: it is passed over.
    position = numberOf(upTo.at(-1)?.metadata.globalPosition ?? resumeAfter(until));
  }
  model.replace(state, model.position, projection, last);
  await model.flush();
};
