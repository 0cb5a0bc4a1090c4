/** Reads feeders' checkpoints back from the log that they are kept in. */
import { BEGINNING, type RecordedEvent } from '../src/event-store/event.js';
import { type CheckpointData, checkpointStream } from '../src/feeder/checkpoint.js';
import type { CheckpointView, CheckpointWrite } from './observation.js';

const PREFIX = checkpointStream('');

const isCheckpoint = (data: unknown): data is CheckpointData =>
  typeof data === 'object' && data !== null && 'feeder' in data && 'position' in data;

/**
 * Every checkpoint in the log, by feeder, oldest first. What stands in a checkpoint's place and is none is passed
 * over: to refuse it is the feeder's affair.
 * @param subscribers whom the feeders speak for
 * @param atStart the durable checkpoint as this life found it
 */
export const checkpointsIn = (
  events: readonly RecordedEvent[],
  subscribers: readonly string[],
  atStart = 0,
): readonly CheckpointView[] => {
  const byFeeder = new Map<string, CheckpointWrite[]>();
  for (const { metadata, data } of events) {
    if (!metadata.streamName.startsWith(PREFIX) || !isCheckpoint(data)) continue;
    const feeder = metadata.streamName.slice(PREFIX.length);
    const { position, writer, reset } = data;
    const write: CheckpointWrite = {
      position: position === BEGINNING ? 0 : position,
      writer,
      reset: reset === true,
      globalPosition: Number(metadata.globalPosition),
    };
    const writes = byFeeder.get(feeder);
    if (writes === undefined) byFeeder.set(feeder, [write]);
    else writes.push(write);
  }
  return [...byFeeder].map(([feeder, writes]) => ({ feeder, subscribers, atStart, writes }));
};
