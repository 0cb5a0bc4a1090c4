/**
 * 3. Stream positions are contiguous; the global order is total; no reader sees position p appear after it
 * has seen q > p.
 */

import { remembered } from '../memory.js';
import { domainEvents, type LoggedEvent } from '../observation.js';
import { firstWrong, fromRule, told } from './rule.js';

const gaps = (log: readonly LoggedEvent[]): string | undefined => {
  const versions = new Map<string, number>();
  let previous = 0;
  return firstWrong(log, (event) => {
    if (event.globalPosition !== previous + 1) {
      return `${told(event)} follows position ${previous} in the global order`;
    }
    previous = event.globalPosition;
    const version = versions.get(event.streamName) ?? 0;
    versions.set(event.streamName, event.streamPosition);
    return event.streamPosition === version + 1
      ? undefined
      : `${told(event)} follows position ${version} of its stream`;
  });
};

export const positions = fromRule({
  name: 'positions',
  statement:
    'Stream positions are contiguous, the global order is total, and no reader sees a position appear after it has seen a later one.',
  broken: (observation, history) => {
    const gap = gaps(observation.log);
    if (gap !== undefined) return gap;
    const seen = remembered(history.observed).events;
    const lastSeen = seen.at(-1)?.[0] ?? 0;
    const seenPositions = new Set(seen.map(([position]) => position));
    return firstWrong(domainEvents(observation), (event) =>
      event.globalPosition < lastSeen && !seenPositions.has(event.globalPosition)
        ? `${told(event)} appeared after a reader had already seen position ${lastSeen}`
        : undefined,
    );
  },
});
