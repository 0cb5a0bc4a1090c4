/** Reads a stream, folds it and decides; saves nothing. */
import { ExpectedVersionConflictError } from '../event-store/errors.js';
import {
  type AnyEvent,
  BEGINNING,
  type EventData,
  type RecordedEvent,
  type Resume,
  type StreamVersion,
} from '../event-store/event.js';
import {
  type EventStore,
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  type ReadStreamResult,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from '../event-store/event-store.js';
import type { Decider } from './decider.js';

/** What a command handler knows of one command besides the command itself. */
export interface HandleOptions {
  /**
   * The identity of the request. A client that does not know how its request ended sends it again under the same id, and
   * gets the first result. It names one command to one stream. A command without events leaves nothing by which to know it again:
   * repeated, it is decided on the stream as it is by then. Default: each call is a new request.
   */
  readonly commandId?: string;
  /**
   * What the client expects of the stream, such as the version of a read model that it saw. Where the stream is not so, the
   * command is not decided. Default: it is decided on the stream as it is.
   */
  readonly expectedStreamVersion?: ExpectedStreamVersion;
}

/** How a command ended. A repeated request has the result of the first one, but for `outcome`. */
export interface HandledCommand<State, E extends AnyEvent> {
  readonly outcome: 'appended' | 'repeated' | 'nothing-to-do';
  readonly streamName: string;
  /** The events of the command; none where there was nothing to do. */
  readonly newEvents: readonly EventData<E>[];
  /** The state after them. */
  readonly newState: State;
  /** The version to expect in the next append to the stream. */
  readonly nextExpectedStreamVersion: StreamVersion;
  /** The last event that {@link newState} includes: what to wait for, so that a read model shows it. */
  readonly lastEventGlobalPosition: Resume;
  /** Whether these are the first events of the stream. */
  readonly createdNewStream: boolean;
}

/** What there is to do about a command, given the stream as it is. */
export type Decision<State, E extends AnyEvent> =
  | { readonly kind: 'settled'; readonly handled: HandledCommand<State, E> }
  | {
      readonly kind: 'append';
      readonly streamName: string;
      readonly version: StreamVersion;
      /** Before the events. */
      readonly state: State;
      readonly events: readonly EventData<E>[];
    };

const isAsExpected = (
  expected: ExpectedStreamVersion,
  { currentStreamVersion, streamExists }: Pick<ReadStreamResult, 'currentStreamVersion' | 'streamExists'>,
): boolean => {
  switch (expected) {
    case NO_CONCURRENCY_CHECK:
      return true;
    case STREAM_EXISTS:
      return streamExists;
    case STREAM_DOES_NOT_EXIST:
      return !streamExists;
    default:
      return expected === currentStreamVersion;
  }
};

/** The ids of a command's events follow from its own: so the store, too, knows a repeat. */
const messageIdOf = (commandId: string, index: number): string => `${commandId}/${index}`;
const commandOf = (messageId: string): string => messageId.slice(0, messageId.lastIndexOf('/'));

const isList = <E>(value: E | readonly E[]): value is readonly E[] => Array.isArray(value);

/** What a state is made with. */
export type Fold<State, E extends AnyEvent> = Pick<Decider<State, never, E>, 'evolve' | 'initialState'>;

/** The state after `events`. */
export const foldOn = <State, E extends AnyEvent>(
  { evolve }: Fold<State, E>,
  state: State,
  events: readonly E[],
): State => events.reduce((before, event) => evolve(before, event), state);

/** The result that the events had when they were appended. */
const firstResult = <State, E extends AnyEvent>(
  decider: Fold<State, E>,
  events: readonly RecordedEvent<E>[],
  commandId: string,
  streamName: string,
): HandledCommand<State, E> | undefined => {
  const end = events.findLastIndex(({ metadata }) => commandOf(metadata.messageId) === commandId);
  const last = events[end];
  if (last === undefined) return undefined;
  const own = events
    .slice(0, end + 1)
    .filter(({ metadata }) => commandOf(metadata.messageId) === commandId)
    .map(({ metadata: { messageId }, ...event }) => ({ ...event, messageId }) as unknown as EventData<E>); // an event without what the store added
  return {
    outcome: 'repeated',
    streamName,
    newEvents: own,
    newState: foldOn(decider, decider.initialState(), events.slice(0, end + 1)),
    nextExpectedStreamVersion: last.metadata.streamPosition,
    lastEventGlobalPosition: last.metadata.globalPosition,
    createdNewStream: own.length === end + 1,
  };
};

/** Reads the stream and decides. O(events of the stream). @throws ExpectedVersionConflictError @throws what `decide` throws */
export const decideOnStream = async <State, Command, E extends AnyEvent>(
  decider: Decider<State, Command, E>,
  store: EventStore,
  streamName: string,
  command: Command,
  { commandId, expectedStreamVersion: expected = NO_CONCURRENCY_CHECK }: HandleOptions,
): Promise<Decision<State, E>> => {
  const read = await store.readStream<E>(streamName);
  const { events, currentStreamVersion } = read;
  // The request's own events come first: a repeat is answered as it was the first time, however things stand now.
  const repeated = commandId === undefined ? undefined : firstResult(decider, events, commandId, streamName);
  if (repeated !== undefined) return { kind: 'settled', handled: repeated };
  if (!isAsExpected(expected, read))
    throw new ExpectedVersionConflictError(streamName, expected, currentStreamVersion);
  const state = foldOn(decider, decider.initialState(), events);
  const decided = decider.decide(command, state);
  const made = isList(decided) ? decided : [decided];
  if (made.length > 0) {
    const named: readonly EventData<E>[] =
      commandId === undefined
        ? made
        : made.map((event, index) => ({ ...event, messageId: messageIdOf(commandId, index) }));
    return { kind: 'append', streamName, version: currentStreamVersion, state, events: named };
  }
  const nothing: HandledCommand<State, E> = {
    outcome: 'nothing-to-do',
    streamName,
    newEvents: [],
    newState: state,
    nextExpectedStreamVersion: currentStreamVersion,
    lastEventGlobalPosition: events.at(-1)?.metadata.globalPosition ?? BEGINNING,
    createdNewStream: false,
  };
  return { kind: 'settled', handled: nothing };
};
