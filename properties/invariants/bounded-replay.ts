/** 13. Redelivered <= checkpoint interval + in flight. */
import { domainEvents } from '../observation.js';
import { firstWrong, fromRule } from './rule.js';

export const boundedReplay = fromRule({
  name: 'bounded-replay',
  statement: 'A restart redelivers at most a checkpoint interval and what was in flight.',
  broken: (observation) => {
    const domain = new Set(domainEvents(observation).map((event) => event.globalPosition));
    return firstWrong(observation.subscribers, ({ name, delivered, appliedAtStart, replayLimit }) => {
      if (replayLimit === undefined) return undefined;
      const again = delivered.filter((position) => position <= appliedAtStart && domain.has(position)).length;
      return again <= replayLimit
        ? undefined
        : `${name} was handed ${again} events again that it had durably applied; at most ${replayLimit} may be`;
    });
  },
});
