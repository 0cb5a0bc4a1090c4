/** A projection: a read model as a pure fold over the log. It says what the model is, and not where it is kept. */
import type { AnyEvent, Event, RecordedEvent } from '../event-store/event.js';

/**
 * A read model as a pure fold over events: `Projection<Overview, OrderEvent>`. A state must be JSON, as must what is stored of it; a
 * durable read model refuses to save any other, with the path of the value.
 */
export interface Projection<State, E extends AnyEvent = Event> {
  /** Names the model, and its files where it is kept on disk. */
  readonly name: string;
  /** Counts up when `initial` or `evolve` change meaning: a state stored by another revision is rebuilt. Default: 1. */
  readonly revision?: number;
  readonly initial: State;
  /** The state after one more event. Pure; an event that means nothing to the model gives the state back. */
  readonly evolve: (state: State, event: RecordedEvent<E>) => State;
}

/** The state after all `events`, from the projection's beginning. */
export const project = <State, E extends AnyEvent = Event>(
  projection: Projection<State, E>,
  events: Iterable<RecordedEvent<E>>,
): State => {
  let state = projection.initial;
  for (const event of events) state = projection.evolve(state, event);
  return state;
};
