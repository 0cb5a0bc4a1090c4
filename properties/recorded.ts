/** From what the store records to what the invariants look at. */
import { type EventData, isSystemStream, type Json, type RecordedEvent } from '../src/event-store/event.js';
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

export const loggedEvent = (event: RecordedEvent): LoggedEvent => {
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
