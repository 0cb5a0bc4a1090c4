/** 17. No effect after `stop()` has resolved. */
import { fromRule } from './rule.js';

/** Checks that the system observed no effect after a stop had resolved (`afterStop`). */
export const stoppedIsStopped = fromRule({
  name: 'stopped-is-stopped',
  statement: 'Nothing has an effect after a stop has resolved.',
  broken: ({ afterStop }) => {
    const [first] = afterStop;
    return first && `after the stop had resolved, ${first}`;
  },
});
