/** A decider: the rules of one kind of stream as pure functions. It says what happens, and not where it is kept. */
import type { AnyEvent, Event } from '../event-store/event.js';

/**
 * Decides commands on a state that is a fold over the events of one stream: `Decider<Account, AccountCommand, AccountEvent>`.
 * All three functions are pure, as they run again when another command was faster.
 */
export interface Decider<State, Command, E extends AnyEvent = Event> {
  /** The events that a command leads to; an empty list: nothing is to be done. Throws where the command is refused. */
  readonly decide: (command: Command, state: State) => E | readonly E[];
  /** The state after one more event. */
  readonly evolve: (state: State, event: E) => State;
  /** The state of a stream without events. */
  readonly initialState: () => State;
}
