/** Parked events: what a subscriber gave up on, kept durably in stream `$parked-<subscriber>` for someone to look at. */
import { createHash } from 'node:crypto';
import type { Environment } from '../environment.js';
import { MessageIdConflictError } from '../event-store/errors.js';
import {
  type AnyEvent,
  type GlobalPosition,
  globalPosition,
  type Json,
  type RecordedEvent,
} from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { numberOf } from '../event-store/position.js';
import type { ParkedMessage } from '../message-bus/message-bus.js';

const EVENT_TYPE = 'event-parked';

const PREFIX = '$parked-';

/** The name of the stream that keeps the parked events of a subscriber. */
export const parkedStream = (subscriber: string): string => `${PREFIX}${subscriber}`;

/** Parked events are not to be dropped from the log by age or number: each waits for someone. */
export const isParkedStream = (streamName: string): boolean => streamName.startsWith(PREFIX);

/** The record of an event that its handler could not handle. */
export interface ParkedEvent {
  readonly subscriber: string;
  /** The event's position in the log, by which it can be read and handled later. */
  readonly position: GlobalPosition;
  readonly messageId: string;
  readonly attempts: number;
  readonly error: { readonly name: string; readonly code: string; readonly message: string };
}

/** {@link ParkedEvent} as JSON. */
type StoredRecord = Omit<ParkedEvent, 'position'> & { readonly position: number };

/** An id as long as a stored text may be at the most, and what else goes into the id of its record, must still fit. */
const MAX_ID_BYTES = 0xff00;

/**
 * The message id of a record, the same for the same event. A long one is replaced by its hash. `turn` counts up when another
 * event, that is no such record, has the id.
 */
const recordId = (subscriber: string, messageId: string, turn: number): string => {
  const plain = `parked/${subscriber}/${messageId}`;
  if (turn === 0 && Buffer.byteLength(plain) <= MAX_ID_BYTES) return plain;
  const hash = createHash('sha256')
    .update(JSON.stringify([subscriber, messageId, turn]))
    .digest('hex');
  return `parked/sha256-${hash}`;
};

/** How many ids are tried. Even a second id that is taken can only be deliberate. */
const TURNS = 8;

/**
 * Parks in the given store. The same event parked again, as after a crash or by a volatile subscriber that replays
 * the log, adds no second record.
 */
export const parkIn =
  (env: Environment, store: EventStore) =>
  async ({ subscriber, message, attempts, error }: ParkedMessage<RecordedEvent<AnyEvent>>): Promise<void> => {
    const { globalPosition, messageId } = message.metadata;
    const record: StoredRecord = {
      subscriber,
      position: numberOf(globalPosition),
      messageId,
      attempts,
      error: { ...error },
    };
    for (let turn = 0; ; turn++) {
      try {
        await store.appendToStream(parkedStream(subscriber), [
          // A record of an interface is JSON, but has no index signature to show it.
          {
            type: EVENT_TYPE,
            data: record as unknown as Json,
            messageId: recordId(subscriber, messageId, turn),
          },
        ]);
        break;
      } catch (error) {
        if (!(error instanceof MessageIdConflictError) || turn >= TURNS) throw error;
        // Parked before, then with another error.
        if (error.streamName === parkedStream(subscriber)) break;
      }
    }
    env.mark('bus:event-parked');
  };

/** What a subscriber has given up on so far, oldest first. */
export const readParked = async (store: EventStore, subscriber: string): Promise<readonly ParkedEvent[]> => {
  const { events } = await store.readStream(parkedStream(subscriber));
  return events
    .filter(({ type }) => type === EVENT_TYPE)
    .map(({ data }) => data as unknown as StoredRecord) // written by `parkIn`
    .map((record) => ({ ...record, position: globalPosition(record.position) }));
};
