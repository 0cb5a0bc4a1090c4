/**
 * A feeder's checkpoint: the position up to which its handlers are durable, as the last event of stream `$checkpoint-<feeder>`
 * in the store that it feeds. So it is exactly as durable as the events before it, and is lost or restored together with
 * them.
 *
 * Each write expects the stream at the version this keeper knows. Another writer makes it stale, and a stale
 * keeper never overwrites a newer checkpoint.
 */
import type { Environment } from '../environment.js';
import {
  BEGINNING,
  type GlobalPosition,
  type Json,
  type RecordedEvent,
  type Resume,
} from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { resumeAfter } from '../event-store/position.js';
import { DEFAULT_RETRY } from '../message-bus/retry.js';
import { errorCode } from '../thrown.js';
import { CheckpointError, StaleFeederError } from './errors.js';
import { persistently } from './persistently.js';

const EVENT_TYPE = 'checkpoint';

export const checkpointStream = (feeder: string): string => `$checkpoint-${feeder}`;

/** The data of a checkpoint event. */
export interface CheckpointData {
  readonly feeder: string;
  /** Everything up to here is durably handled; `BEGINNING`, which only a reset writes, for nothing at all. */
  readonly position: number | typeof BEGINNING;
  /** Which running feeder wrote it. */
  readonly writer: string;
  /** Set on purpose, by {@link resetCheckpoint}. */
  readonly reset?: true;
}

export interface CheckpointKeeper {
  /** The durable checkpoint: as found at first, then as last written. */
  readonly position: Resume;
  /** How often this keeper has written it. */
  readonly writes: number;
  /**
   * Resolves once the checkpoint is durable: with its own position in the log, if that is where it is kept.
   * @throws StaleFeederError
   */
  write(position: Resume): Promise<GlobalPosition | undefined>;
}

/**
 * Reads a feeder's checkpoint. `writer` tells running feeders of one name apart: without one it is drawn.
 * @throws CheckpointError it can't be believed
 */
export const openCheckpoint = async (
  env: Environment,
  store: EventStore,
  feeder: string,
  writer = env.random.uuid(),
): Promise<CheckpointKeeper> => {
  const streamName = checkpointStream(feeder);
  const { events, currentStreamVersion } = await store.readStream(streamName, {
    direction: 'backwards',
    maxCount: 1,
  });
  const [last] = events;
  let position = last === undefined ? BEGINNING : resumeAfter(checkedPosition(last, feeder));
  let version: bigint = currentStreamVersion;
  let writes = 0;
  /** What may succeed later, such as an append for which there was no room; not when all is decided. */
  const mayRetry = (error: unknown): boolean => {
    if (errorCode(error) === 'EXPECTED_VERSION_CONFLICT' || errorCode(error) === 'STORE_FAILED') return false;
    env.mark('feeder:checkpoint-retried');
    return true;
  };

  return {
    get position() {
      return position;
    },
    get writes() {
      return writes;
    },
    write: async (next) => {
      const data = checkpointData(feeder, next, writer);
      // One id however often it is tried: an append that happened although it reported an error counts, with
      // the version it led to, so what this keeper believes of the stream is right or it writes nothing more.
      const messageId = `checkpoint/${writer}/${version}`;
      const append = () =>
        store.appendToStream(streamName, [{ type: EVENT_TYPE, data, messageId }], {
          expectedStreamVersion: version,
        });
      const result = await persistently(env.clock, DEFAULT_RETRY, append, mayRetry).catch(
        (error: unknown) => {
          if (errorCode(error) !== 'EXPECTED_VERSION_CONFLICT') throw error;
          env.mark('feeder:stale-stopped');
          throw new StaleFeederError(feeder, { cause: error });
        },
      );
      version = result.nextExpectedStreamVersion;
      position = next;
      writes++;
      return result.lastEventGlobalPosition;
    },
  };
};

/**
 * Sets a checkpoint on purpose, back or forth: the feeder that starts next resumes after `position`. One that is
 * running is made stale and stops. The way out of a {@link CheckpointError}.
 */
export const resetCheckpoint = async (
  env: Environment,
  store: EventStore,
  feeder: string,
  position: Resume,
): Promise<void> => {
  const data = { ...checkpointData(feeder, position, env.random.uuid()), reset: true };
  await store.appendToStream(checkpointStream(feeder), [{ type: EVENT_TYPE, data }]);
};

const checkpointData = (feeder: string, position: Resume, writer: string) => ({
  feeder,
  position: position === BEGINNING ? BEGINNING : Number(position),
  writer,
});

/** The position that a checkpoint event names. @throws CheckpointError it names none, or none that it can name */
const checkedPosition = (event: RecordedEvent, feeder: string): number => {
  const { streamName, globalPosition } = event.metadata;
  const { type, data } = event;
  if (type !== EVENT_TYPE || !isRecord(data) || typeof data.feeder !== 'string') {
    throw new CheckpointError('CHECKPOINT_MALFORMED', streamName, `is no checkpoint but ${describe(event)}`);
  }
  if (data.feeder !== feeder) {
    throw new CheckpointError('CHECKPOINT_FOREIGN', streamName, `is the checkpoint of feeder ${data.feeder}`);
  }
  const { position } = data;
  if (position === BEGINNING) return 0;
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 1) {
    throw new CheckpointError('CHECKPOINT_MALFORMED', streamName, `names no position: ${describe(event)}`);
  }
  // It was written after the events it speaks of: it names none that come after itself.
  if (position >= globalPosition) {
    const what = `names position ${position} but is itself at ${globalPosition}`;
    throw new CheckpointError('CHECKPOINT_BEYOND_HEAD', streamName, what);
  }
  return position;
};

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describe = (event: RecordedEvent): string =>
  `${event.type} ${JSON.stringify(event.data).slice(0, 100)}`;
