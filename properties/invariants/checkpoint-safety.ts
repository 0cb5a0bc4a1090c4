/**
 * 8. At every crash point, durable checkpoint <= the least contiguous durably applied position of all
 * handlers, and <= head.
 *
 * What a life starts from is what the crash left: so each crash point is judged by where delivery began in the
 * life after it. The trap is a durable checkpoint over a volatile read model: after a restart the model is
 * empty, and a feeder that trusts the checkpoint skips its past.
 */
import { domainEvents } from '../observation.js';
import { firstWrong, fromRule } from './rule.js';

export const checkpointSafety = fromRule({
  name: 'checkpoint-safety',
  statement:
    'A durable checkpoint is never ahead of what every handler has durably applied, nor ahead of the log.',
  broken: (observation) => {
    const events = domainEvents(observation);
    const skipped = firstWrong(observation.subscribers, ({ name, start, appliedAtStart, durability }) => {
      const first = events.find(({ globalPosition: at }) => at > appliedAtStart && at <= start);
      if (first === undefined) return undefined;
      const kept =
        durability === 'volatile'
          ? 'is volatile and started empty'
          : `had durably applied only up to ${appliedAtStart}`;
      return `delivery to ${name} began after position ${start}, but it ${kept}: position ${first.globalPosition} is skipped`;
    });
    if (skipped !== undefined) return skipped;
    return firstWrong(observation.checkpoints, ({ feeder, writes }) => {
      const beyond = writes.find((write) => write.position >= write.globalPosition);
      return (
        beyond &&
        `the checkpoint of ${feeder} at position ${beyond.globalPosition} of the log names position ${beyond.position}, which did not exist yet`
      );
    });
  },
});
