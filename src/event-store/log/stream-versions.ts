/** Whether events are the requested ones of their stream: compares an index file with the log. */
import { isSystemStream, type RecordedEvent } from '../event.js';
import type { VersionRange } from './log-index.js';

/**
 * What is wrong with events that are to be these versions of a stream; undefined: nothing. Of a system stream the older
 * ones may have been dropped.
 */
export const wrongVersion = (
  streamName: string,
  { low, high, backwards, maxCount }: VersionRange,
  events: readonly RecordedEvent[],
): string | undefined => {
  const mayMiss = isSystemStream(streamName);
  let due = backwards ? high : low;
  for (const { metadata } of events) {
    const version = Number(metadata.streamPosition);
    const isDue = mayMiss ? (backwards ? version <= due : version >= due) : version === due;
    if (metadata.streamName !== streamName || !isDue || version < low || version > high)
      return `event ${metadata.globalPosition} is version ${version} of ${metadata.streamName}, though version ${due} of ${streamName} was to be there`;
    due = backwards ? version - 1 : version + 1;
  }
  const wanted = Math.min(maxCount, Math.max(0, high - low + 1));
  if (mayMiss || events.length >= wanted) return undefined;
  return `version ${due} of ${streamName} is not there, though the stream has ${high}`;
};
