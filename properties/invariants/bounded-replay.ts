/** 13. Redelivered <= checkpoint interval + in flight. */
import { domainPositions } from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

/** Limits what a restart delivers again, where a subscriber states its `replayLimit`. */
export const boundedReplay = fromRule({
  name: 'bounded-replay',
  statement: 'A restart redelivers at most a checkpoint interval and what was in flight.',
  broken: (observation) => {
    const domain = domainPositions(observation);
    return firstWrong(observation.subscribers, ({ name, delivered, appliedAtStart, replayLimit }) => {
      if (replayLimit === undefined) return undefined;
      const had = delivered.filter((position) => position <= appliedAtStart);
      if (had.length <= replayLimit) return undefined;
      const owed = new Set(domain);
      const again = had.filter((position) => owed.has(position)).length;
      return again <= replayLimit
        ? undefined
        : `${name} was handed ${again} events again that it had durably applied; at most ${replayLimit} may be`;
    });
  },
});
