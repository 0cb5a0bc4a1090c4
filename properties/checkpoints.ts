/** Reads feeders' checkpoints back from the log that they are kept in. */
import type { RecordedEvent } from '../src/event-store/event.js';
import { type CheckpointData, checkpointStream } from '../src/feeder/checkpoint.js';
import type { CheckpointView, CheckpointWrite } from './observation.js';

const PREFIX = checkpointStream('');

/** Every checkpoint in the log, by feeder, oldest first. `subscribers`: whom the feeders speak for. */
export const checkpointsIn = (
  events: readonly RecordedEvent[],
  subscribers: readonly string[],
): readonly CheckpointView[] => {
  const byFeeder = new Map<string, CheckpointWrite[]>();
  for (const { metadata, data } of events) {
    if (!metadata.streamName.startsWith(PREFIX)) continue;
    const feeder = metadata.streamName.slice(PREFIX.length);
    const { position, writer, reset } = data as unknown as CheckpointData; // written by a checkpoint keeper
    const write: CheckpointWrite = {
      position: position === 'BEGINNING' ? 0 : position,
      writer,
      reset: reset === true,
      globalPosition: Number(metadata.globalPosition),
    };
    byFeeder.set(feeder, [...(byFeeder.get(feeder) ?? []), write]);
  }
  return [...byFeeder].map(([feeder, writes]) => ({ feeder, subscribers, writes }));
};
