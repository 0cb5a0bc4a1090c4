/** A projection: a read model as a pure fold over the log. It says what the model is, and not where it is kept. */
import type { Json, RecordedEvent } from '../event-store/event.js';

/** A read model as a pure fold over events. */
export interface Projection<State extends Json> {
  /** Names the model, and its files where it is kept on disk. */
  readonly name: string;
  /** Counts up when `initial` or `evolve` change meaning: a state stored by another revision is built anew. Default: 1. */
  readonly revision?: number;
  readonly initial: State;
  /** The state after one more event. Pure; an event that means nothing to the model gives the state back. */
  readonly evolve: (state: State, event: RecordedEvent) => State;
}

/** The state after all `events`, from the projection's beginning. */
export const project = <State extends Json>(
  projection: Projection<State>,
  events: Iterable<RecordedEvent>,
): State => {
  let state = projection.initial;
  for (const event of events) state = projection.evolve(state, event);
  return state;
};
