/**
 * 6. When nothing is left to do, every event was handled at least once by every subscriber, or parked with a
 * durable record.
 */
import { domainEvents, type LoggedEvent, type Observation, type SubscriberView } from '../observation.js';
import { told } from '../words.js';
import { firstWrong, fromRule } from './rule.js';

/** The events that this subscriber has neither handled nor parked. */
const unheardBy = (observation: Observation, { name, handled }: SubscriberView): readonly LoggedEvent[] => {
  const parked = new Set(
    observation.parked.filter(({ subscriber }) => subscriber === name).map((event) => event.globalPosition),
  );
  return domainEvents(observation).filter(({ globalPosition: at }) => !handled.has(at) && !parked.has(at));
};

/** The events that some subscriber has neither handled nor parked: once nothing is left to do, nobody will tell it of them. */
export const unheardEvents = (observation: Observation): readonly LoggedEvent[] => {
  const unheard = observation.subscribers.flatMap((subscriber) => unheardBy(observation, subscriber));
  return [...new Set(unheard)];
};

export const noLoss = fromRule({
  name: 'no-loss',
  statement:
    'When nothing is left to do, every event was handled at least once by every subscriber, or parked with a durable record.',
  broken: (observation) =>
    firstWrong(observation.subscribers, (subscriber) => {
      const [lost] = unheardBy(observation, subscriber);
      return lost && `${subscriber.name} never handled ${told(lost)}`;
    }),
});
