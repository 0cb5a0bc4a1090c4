/**
 * 6. When nothing is left to do, every event was handled at least once by every subscriber, or parked with a
 * durable record.
 */
import { domainEvents } from '../observation.js';
import { firstWrong, fromRule, told } from './rule.js';

export const noLoss = fromRule({
  name: 'no-loss',
  statement:
    'When nothing is left to do, every event was handled at least once by every subscriber, or parked with a durable record.',
  broken: (observation) => {
    const events = domainEvents(observation);
    return firstWrong(observation.subscribers, ({ name, handled }) => {
      const parked = new Set(
        observation.parked
          .filter(({ subscriber }) => subscriber === name)
          .map((event) => event.globalPosition),
      );
      const lost = events.find(({ globalPosition: at }) => !handled.has(at) && !parked.has(at));
      return lost && `${name} never handled ${told(lost)}`;
    });
  },
});
