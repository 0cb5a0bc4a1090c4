/** From what the store records to what the invariants look at. */
import {
  type EventData,
  isSystemStream,
  type Json,
  type RecordedEvent,
} from '../../src/event-store/event.js';
import { sameJson } from './json-diff.js';
import type { LoggedEvent } from './observation.js';

/** The identity under which a client sends the command at `index` of the workload, however often. */
export const commandId = (index: number): string => `command-${index}`;

/** The events of one batch, with message ids from which command, batch and size can be read back. */
export const batchOf = (index: number, type: string, data: readonly Json[]): readonly EventData[] =>
  data.map((item, place) => ({
    type,
    data: item,
    messageId: `${commandId(index)}/${place + 1}of${data.length}`,
  }));

const COMMAND = /^command-(\d+)(?!\d)/;
const BATCH = /^(.*)\/\d+of(\d+)$/;

type Origin = Pick<LoggedEvent, 'command' | 'batch'>;

/** An exploration meets the same few ids in every life. */
const ORIGINS_KEPT = 10_000;
const origins = new Map<string, Origin>();

/** What a message id says of where its event came from. */
const originOf = (messageId: string): Origin => {
  let origin = origins.get(messageId);
  if (origin === undefined) {
    origin = parseOrigin(messageId);
    if (origins.size === ORIGINS_KEPT) origins.clear();
    origins.set(messageId, origin);
  }
  return origin;
};

const parseOrigin = (messageId: string): Origin => {
  const command = COMMAND.exec(messageId)?.[1];
  const [, id, size] = BATCH.exec(messageId) ?? [];
  return {
    ...(command === undefined ? {} : { command: Number(command) }),
    ...(id === undefined ? {} : { batch: { id, size: Number(size) } }),
  };
};

const logged = (event: RecordedEvent): LoggedEvent => {
  const { messageId, streamName, streamPosition, globalPosition } = event.metadata;
  return {
    globalPosition: Number(globalPosition),
    streamName,
    streamPosition: Number(streamPosition),
    messageId,
    type: event.type,
    data: event.data,
    system: isSystemStream(streamName),
    ...originOf(messageId),
  };
};

/** One event of a log, as the store gave it and as the invariants look at it. */
export interface Met {
  readonly event: RecordedEvent;
  readonly logged: LoggedEvent;
}

/** Beyond this position events are strangers each time. */
const POSITIONS_KEPT = 10_000;
const met: (Met | undefined)[] = [];

const isSame = (left: RecordedEvent, right: RecordedEvent): boolean =>
  left.metadata.messageId === right.metadata.messageId &&
  left.metadata.streamName === right.metadata.streamName &&
  left.metadata.streamPosition === right.metadata.streamPosition &&
  left.metadata.correlationId === right.metadata.correlationId &&
  left.metadata.causationId === right.metadata.causationId &&
  left.type === right.type &&
  sameJson(left.data, right.data);

/**
 * The very same for events that are equal in everything, where the last one met at their position was that event: the
 * lives of an exploration begin with nearly the same log, and what was found out about an event need not be again.
 */
export const metAs = (event: RecordedEvent): Met => {
  const position = Number(event.metadata.globalPosition);
  const known = met[position];
  if (known !== undefined && isSame(known.event, event)) return known;
  const stranger = { event, logged: logged(event) };
  if (position < POSITIONS_KEPT) met[position] = stranger;
  return stranger;
};

export const loggedEvent = (event: RecordedEvent): LoggedEvent => metAs(event).logged;
