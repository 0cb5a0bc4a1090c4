/**
 * 3. Stream positions are contiguous; the global order is total; no reader sees position p appear after it
 * has seen q > p.
 */

import { told } from '../observation/describe-events.js';
import { following } from '../observation/incremental-fold.js';
import { domainEvents, type LoggedEvent } from '../observation/observation.js';
import { beginsAsSeen, eventsSeen, remembered } from '../observation/observed-memory.js';
import { firstWrong, fromRule } from './rule.js';

/** How the log is to go on. */
interface Order {
  readonly versions: Map<string, number>;
  head: number;
  /** How many of the oldest events of system streams are gone; each took its place in the log with it. */
  retired: number;
  /** What is wrong first. */
  wrong: string | undefined;
}

const misplaced = (event: LoggedEvent, { head, versions }: Order): string | undefined => {
  if (event.globalPosition <= head) return `${told(event)} follows position ${head} in the global order`;
  const known = versions.get(event.streamName);
  if (event.streamPosition === (known ?? 0) + 1 || (known === undefined && event.system)) return undefined;
  return `${told(event)} follows position ${known ?? 0} of its stream`;
};

const orderOf = (): ((log: readonly LoggedEvent[]) => Order) => {
  const order: Order = { versions: new Map(), head: 0, retired: 0, wrong: undefined };
  const { versions } = order;
  return following({
    enter: (event) => {
      const { head, retired, wrong } = order;
      const { streamName, streamPosition, globalPosition, system } = event;
      const version = versions.get(streamName);
      order.wrong ??= misplaced(event, order);
      order.head = globalPosition;
      if (version === undefined && system) order.retired += streamPosition - 1;
      versions.set(streamName, streamPosition);
      return () => {
        Object.assign(order, { head, retired, wrong });
        if (version === undefined) versions.delete(streamName);
        else versions.set(streamName, version);
      };
    },
    made: () => order,
  });
};

const orderIn = orderOf();

const disorder = (log: readonly LoggedEvent[]): string | undefined => {
  const { head, retired, wrong } = orderIn(log);
  const missing = head - log.length - retired;
  return wrong ?? (missing === 0 ? undefined : `${missing} positions up to ${head} of the log hold no event`);
};

/** Checks stream positions, global positions, and what readers saw of them over time. */
export const positions = fromRule({
  name: 'positions',
  statement:
    'Stream positions are contiguous, the global order is total, and no reader sees a position appear after it has seen a later one.',
  broken: (observation, history) => {
    const wrong = disorder(observation.log);
    if (wrong !== undefined) return wrong;
    const memory = remembered(history.observed);
    if (beginsAsSeen(observation, memory)) return undefined;
    const seen = eventsSeen(memory);
    const lastSeen = [...seen.keys()].at(-1) ?? 0;
    return firstWrong(domainEvents(observation), (event) =>
      event.globalPosition < lastSeen && !seen.has(event.globalPosition)
        ? `${told(event)} appeared after a reader had already seen position ${lastSeen}`
        : undefined,
    );
  },
});
