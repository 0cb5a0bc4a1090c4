/** The command handler: reads a stream, folds it, decides, and appends what was decided, all or nothing. */
import {
  ExpectedVersionConflictError,
  InvalidArgumentError,
  MessageIdConflictError,
} from '../event-store/errors.js';
import type { AnyEvent, Event } from '../event-store/event.js';
import type { AppendResult, EventStore } from '../event-store/event-store.js';
import {
  type Decision,
  decideOnStream,
  type Fold,
  foldOn,
  type HandledCommand,
  type HandleOptions,
} from './decide-on-stream.js';
import type { Decider } from './decider.js';

/** How a command handler decides. */
export interface CommandHandlerOptions<State, Command, E extends AnyEvent = Event>
  extends Decider<State, Command, E> {
  readonly retry?: {
    /** How often a command is decided again, on a fresh read of the stream, because another was faster. Default: 15. */
    readonly onVersionConflict?: number;
  };
}

/**
 * Handles one command on one stream. Resolves when its events are durable.
 *
 * @throws ExpectedVersionConflictError the stream is not as `expectedStreamVersion` says, or others were faster each time
 * @throws what `decide` throws, and what `appendToStream` of the store throws; nothing was appended then, as documented there
 */
export type CommandHandler<State, Command, E extends AnyEvent = Event> = (
  store: EventStore,
  streamName: string,
  command: Command,
  options?: HandleOptions,
) => Promise<HandledCommand<State, E>>;

const CONFLICT_RETRIES = 15;

/** Another append came between the read and this one. */
const isConflict = (error: unknown, streamName: string): boolean =>
  error instanceof ExpectedVersionConflictError ||
  // The same request, sent twice at once, was decided on another state.
  (error instanceof MessageIdConflictError && error.streamName === streamName);

type Append<State, E extends AnyEvent> = Decision<State, E> & { readonly kind: 'append' };

/** The store had the events already: the same request, sent twice at once, was decided at another version. */
const appendedByTwin = async <State, E extends AnyEvent>(
  decider: Fold<State, E>,
  store: EventStore,
  { streamName, events }: Append<State, E>,
  appended: AppendResult,
): Promise<HandledCommand<State, E>> => {
  const maxCount = Number(appended.nextExpectedStreamVersion);
  const { events: then } = await store.readStream<E>(streamName, { maxCount });
  const newState = foldOn(decider, decider.initialState(), then);
  return { ...appended, outcome: 'repeated', streamName, newEvents: events, newState };
};

/**
 * Makes a command handler of a decider. It reads the whole stream for each command: O(events of the stream).
 *
 * @example
 * ```ts
 * type Counted = Event<'counted', { readonly by: number }>;
 *
 * const count = commandHandler({
 *   decide: (by: number, total: number): Counted[] => (total + by > 9 ? [] : [{ type: 'counted', data: { by } }]),
 *   evolve: (total, { data }) => total + data.by,
 *   initialState: () => 0,
 * });
 * const { newState } = await count(store, 'counter-1', 5, { commandId: 'request-1' });
 * ```
 * @throws InvalidArgumentError `onVersionConflict` is no whole number from 0 on
 */
export const commandHandler = <State, Command, E extends AnyEvent = Event>({
  retry: { onVersionConflict: retries = CONFLICT_RETRIES } = {},
  ...decider
}: CommandHandlerOptions<State, Command, E>): CommandHandler<State, Command, E> => {
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new InvalidArgumentError(`retry.onVersionConflict is ${retries}: give a whole number from 0 on.`);
  }
  return async (store, streamName, command, options = {}) => {
    // What the client saw is what it decided on: it does not change by reading again.
    const mayDecideAgain = typeof options.expectedStreamVersion !== 'bigint';
    for (let left = retries; ; left--) {
      const decision = await decideOnStream(decider, store, streamName, command, options);
      if (decision.kind === 'settled') return decision.handled;
      try {
        const { version, state, events } = decision;
        const appended = await store.appendToStream<E>(streamName, events, {
          expectedStreamVersion: version,
        });
        if (appended.nextExpectedStreamVersion !== version + BigInt(events.length))
          return await appendedByTwin(decider, store, decision, appended);
        const newState = foldOn(decider, state, events);
        return { ...appended, outcome: 'appended', streamName, newEvents: events, newState };
      } catch (error) {
        if (left === 0 || !mayDecideAgain || !isConflict(error, streamName)) throw error;
      }
    }
  };
};
