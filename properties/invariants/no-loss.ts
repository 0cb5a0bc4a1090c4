/**
 * 6. When nothing is left to do, every event was handled at least once by every subscriber, or parked with a
 * durable record.
 */

import { told } from '../observation/describe-events.js';
import { ofTheLast } from '../observation/memoize-last.js';
import {
  domainEvents,
  domainPositions,
  type LoggedEvent,
  type Observation,
  type SubscriberView,
} from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

interface Unheard {
  readonly name: string;
  readonly events: readonly LoggedEvent[];
}

/** The events that this subscriber has neither handled nor parked. */
const unheardBy = (observation: Observation, { name, handled }: SubscriberView): Unheard => {
  const parked = new Set(
    observation.parked.filter(({ subscriber }) => subscriber === name).map((event) => event.globalPosition),
  );
  const isUnheard = (at: number): boolean => !handled.has(at) && !parked.has(at);
  const unheard = new Set(domainPositions(observation).filter(isUnheard));
  if (unheard.size === 0) return { name, events: [] };
  return { name, events: domainEvents(observation).filter(({ globalPosition: at }) => unheard.has(at)) };
};

const unheardByEach = ofTheLast((observation: Observation): readonly Unheard[] =>
  observation.subscribers.map((subscriber) => unheardBy(observation, subscriber)),
);

/** The events that some subscriber has neither handled nor parked. Once the system is idle, they are never delivered. */
export const unheardEvents = (observation: Observation): readonly LoggedEvent[] => [
  ...new Set(unheardByEach(observation).flatMap(({ events }) => events)),
];

/** Checks that each subscriber handled or parked every event of the log. */
export const noLoss = fromRule({
  name: 'no-loss',
  statement:
    'When nothing is left to do, every event was handled at least once by every subscriber, or parked with a durable record.',
  broken: (observation) =>
    firstWrong(
      unheardByEach(observation),
      ({ name, events: [lost] }) => lost && `${name} never handled ${told(lost)}`,
    ),
});
