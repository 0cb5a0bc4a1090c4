/** 16. One handler's failure hides no event from the others, nor the next event from itself. */

import { told } from '../observation/describe-events.js';
import { domainEvents } from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

/** Checks that a parked event holds up no other subscriber, and no later event of its own. */
export const isolation = fromRule({
  name: 'isolation',
  statement: "One handler's failure hides no event from the others, nor later events from itself.",
  broken: (observation) => {
    const parkedBy = new Map<string, Set<number>>();
    for (const { subscriber, globalPosition } of observation.parked) {
      parkedBy.set(subscriber, (parkedBy.get(subscriber) ?? new Set()).add(globalPosition));
    }
    const events = domainEvents(observation);
    return firstWrong(observation.parked, (failed) =>
      firstWrong(observation.subscribers, ({ name, handled }) => {
        const hidden = events.find(
          ({ globalPosition: at }) =>
            at >= failed.globalPosition && !handled.has(at) && parkedBy.get(name)?.has(at) !== true,
        );
        return (
          hidden &&
          `${failed.subscriber} failed on position ${failed.globalPosition} of the log, and ${name} never got ${told(hidden)}`
        );
      }),
    );
  },
});
