/** 1. Every acknowledged append is present and unchanged after any crash. */

import { nameOf, told } from '../observation/describe-events.js';
import { following } from '../observation/incremental-fold.js';
import { firstDifference, inWords } from '../observation/json-diff.js';
import { ofTheLast } from '../observation/memoize-last.js';
import {
  type Claim,
  eventsByPosition,
  type LoggedEvent,
  type Observation,
  type PromisedEvent,
} from '../observation/observation.js';
import { fromRule } from './rule.js';

const changed = (promised: PromisedEvent, found: LoggedEvent): string | undefined => {
  const otherId = promised.messageId !== undefined && found.messageId !== promised.messageId;
  if (otherId || found.command !== promised.command)
    return `another event stands in its place: ${told(found)}`;
  if (found.streamName !== promised.streamName || found.streamPosition !== promised.streamPosition) {
    return `it is now event ${found.streamPosition} of ${nameOf(found.streamName)}`;
  }
  if (found.type !== promised.type) return `its type is now ${found.type}`;
  if (promised.data === undefined) return undefined;
  const difference = firstDifference(found.data, promised.data, 'data');
  if (difference === undefined) return undefined;
  return `its ${difference.path} is now ${inWords(difference.left)}, not ${inWords(difference.right)}`;
};

interface Promises {
  readonly events: readonly PromisedEvent[];
  /** Where each of them is to be. */
  readonly positions: readonly number[];
}

/** The promises of all acknowledged claims. Valid until the function is called with other claims. */
const promisesAlong = (): ((claims: readonly Claim[]) => Promises) => {
  const events: PromisedEvent[] = [];
  const positions: number[] = [];
  return following({
    enter: (claim) => {
      const count = events.length;
      if (claim.status === 'acknowledged') {
        events.push(...claim.events);
        positions.push(...claim.events.map(({ globalPosition }) => globalPosition));
      }
      return () => {
        events.length = count;
        positions.length = count;
      };
    },
    made: () => ({ events, positions }),
  });
};

const promisesIn = promisesAlong();

/** The acknowledged events that are no longer in the log. */
export const lostEvents = ofTheLast((observation: Observation): readonly PromisedEvent[] => {
  const present = eventsByPosition(observation);
  const { events, positions } = promisesIn(observation.claims);
  if (positions.every((position) => present.has(position))) return [];
  return events.filter(({ globalPosition }) => !present.has(globalPosition));
});

/** What was found to be as it was promised, by the place of the promise: it need not be compared again. */
const keptPromises: PromisedEvent[] = [];
const keptBy: LoggedEvent[] = [];

/** The first promise that was not kept by the event in its place, and how. */
const firstChange = (observation: Observation): string | undefined => {
  const byPosition = eventsByPosition(observation);
  const { events, positions } = promisesIn(observation.claims);
  for (let place = 0; place < events.length; place++) {
    const promised = events[place];
    const found = byPosition.get(positions[place] ?? 0);
    if (promised === undefined || found === undefined) continue;
    if (keptPromises[place] === promised && keptBy[place] === found) continue;
    const change = changed(promised, found);
    if (change !== undefined) return `${told(promised)} was acknowledged, but ${change}`;
    keptPromises[place] = promised;
    keptBy[place] = found;
  }
  return undefined;
};

/** Looks for the events of every acknowledged command, each with its first data, in the log. */
export const durability = fromRule({
  name: 'durability',
  statement: 'Every acknowledged append is present and unchanged after any crash.',
  broken: (observation) => {
    const [lost] = lostEvents(observation);
    return lost === undefined
      ? firstChange(observation)
      : `${told(lost)} was acknowledged and is not in the log`;
  },
});
