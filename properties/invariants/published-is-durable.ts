/**
 * 18. Published is contained in durable: nothing is published that a crash at that instant could take back.
 *
 * Every effect that the outside world has seen must be about an event that is still in the log.
 */

import { eventOf } from '../observation/describe-events.js';
import { messageIds } from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

/** Looks for the event of every published effect in the durable log. */
export const publishedIsDurable = fromRule({
  name: 'published-is-durable',
  statement: 'Nothing is published that a crash at that instant could take back.',
  broken: (observation) => {
    const logged = messageIds(observation);
    return firstWrong(observation.published, ({ messageId, effect }) =>
      logged.has(messageId)
        ? undefined
        : `${effect}, but ${eventOf(messageId)}, which it is about, is not in the log`,
    );
  },
});
