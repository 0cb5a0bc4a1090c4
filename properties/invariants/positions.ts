/**
 * 3. Stream positions are contiguous; the global order is total; no reader sees position p appear after it
 * has seen q > p.
 */

import { remembered } from '../memory.js';
import { domainEvents, type LoggedEvent } from '../observation.js';
import { told } from '../words.js';
import { firstWrong, fromRule } from './rule.js';

const disorder = (log: readonly LoggedEvent[]): string | undefined => {
  const versions = new Map<string, number>();
  let head = 0;
  let retired = 0;
  const wrong = firstWrong(log, (event) => {
    if (event.globalPosition <= head) return `${told(event)} follows position ${head} in the global order`;
    head = event.globalPosition;
    const known = versions.get(event.streamName);
    versions.set(event.streamName, event.streamPosition);
    // The oldest events of a system stream may have been retired; each took its place in the log with it.
    if (known === undefined && event.system) {
      retired += event.streamPosition - 1;
      return undefined;
    }
    return event.streamPosition === (known ?? 0) + 1
      ? undefined
      : `${told(event)} follows position ${known ?? 0} of its stream`;
  });
  const missing = head - log.length - retired;
  return wrong ?? (missing === 0 ? undefined : `${missing} positions up to ${head} of the log hold no event`);
};

export const positions = fromRule({
  name: 'positions',
  statement:
    'Stream positions are contiguous, the global order is total, and no reader sees a position appear after it has seen a later one.',
  broken: (observation, history) => {
    const wrong = disorder(observation.log);
    if (wrong !== undefined) return wrong;
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
