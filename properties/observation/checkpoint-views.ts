/** Reads feeders' checkpoints back from the log that they are kept in. */
import { BEGINNING } from '../../src/event-store/event.js';
import { type CheckpointData, checkpointStream } from '../../src/feeder/checkpoint.js';
import { following } from './incremental-fold.js';
import type { CheckpointView, CheckpointWrite, LoggedEvent } from './observation.js';

const PREFIX = checkpointStream('');

const isCheckpoint = (data: unknown): data is CheckpointData =>
  typeof data === 'object' && data !== null && 'feeder' in data && 'position' in data;

type Writes = ReadonlyMap<string, readonly CheckpointWrite[]>;

const writesAlong = (): ((log: readonly LoggedEvent[]) => Writes) => {
  const byFeeder = new Map<string, CheckpointWrite[]>();
  return following({
    enter: ({ system, streamName, globalPosition, data }) => {
      if (!system || !streamName.startsWith(PREFIX) || !isCheckpoint(data)) return undefined;
      const feeder = streamName.slice(PREFIX.length);
      const writes = byFeeder.get(feeder) ?? [];
      byFeeder.set(feeder, writes);
      const { position, writer, reset } = data;
      writes.push({
        position: position === BEGINNING ? 0 : position,
        writer,
        reset: reset === true,
        globalPosition,
      });
      return () => {
        writes.pop();
        if (writes.length === 0) byFeeder.delete(feeder);
      };
    },
    made: () => byFeeder,
  });
};

const writesIn = writesAlong();

/**
 * Every checkpoint in the log, by feeder, oldest first. Skips records of a checkpoint stream that are no checkpoints:
 * refusing them is the feeder's task.
 * @param subscribers the subscribers of the feeders
 * @param atStart the durable checkpoint as this life found it
 */
export const checkpointsIn = (
  log: readonly LoggedEvent[],
  subscribers: readonly string[],
  atStart = 0,
): readonly CheckpointView[] =>
  // Copies: what is kept up goes on with the next log.
  [...writesIn(log)].map(([feeder, writes]) => ({ feeder, subscribers, atStart, writes: [...writes] }));
