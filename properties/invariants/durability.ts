/** 1. Every acknowledged append is present and unchanged after any crash. */
import { firstDifference, inWords } from '../json.js';
import { ofTheLast } from '../last.js';
import {
  type Claim,
  eventsByPosition,
  type LoggedEvent,
  type Observation,
  type PromisedEvent,
} from '../observation.js';
import { nameOf, told } from '../words.js';
import { firstWrong, fromRule } from './rule.js';

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

/** The acknowledged events of which the log no longer holds anything. */
export const lostEvents = (observation: Observation): readonly PromisedEvent[] => {
  const present = eventsByPosition(observation);
  return promisedEvents(observation.claims).filter(({ globalPosition }) => !present.has(globalPosition));
};

const promisedEvents = ofTheLast((claims: readonly Claim[]): readonly PromisedEvent[] =>
  claims.flatMap((claim) => (claim.status === 'acknowledged' ? claim.events : [])),
);

export const durability = fromRule({
  name: 'durability',
  statement: 'Every acknowledged append is present and unchanged after any crash.',
  broken: (observation) => {
    const [lost] = lostEvents(observation);
    if (lost !== undefined) return `${told(lost)} was acknowledged and is not in the log`;
    const byPosition = eventsByPosition(observation);
    return firstWrong(promisedEvents(observation.claims), (event) => {
      const found = byPosition.get(event.globalPosition);
      const change = found && changed(event, found);
      return change && `${told(event)} was acknowledged, but ${change}`;
    });
  },
});
