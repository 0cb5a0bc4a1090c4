/**
 * 12. Once faults stop, lag reaches 0 in bounded simulated time: also when the tail is empty, filtered out, or
 * only checkpoints.
 */
import { counted } from '../observation/describe-events.js';
import { firstWrong, fromRule } from './rule.js';

/** Far above any retry and backoff that a healthy system goes through, far below "never". */
export const SETTLE_LIMIT_MS = 60_000;

/** Checks that every subscriber reaches the head of the log within its time, in simulated milliseconds. */
export const liveness = fromRule({
  name: 'liveness',
  statement: 'Once faults stop, every subscriber catches up with the log in bounded simulated time.',
  broken: ({ subscribers, settledAfterMs }) => {
    if (settledAfterMs > SETTLE_LIMIT_MS) {
      return `the system took ${settledAfterMs} simulated ms to become quiescent; the limit is ${SETTLE_LIMIT_MS}`;
    }
    return firstWrong(subscribers, ({ name, lag }) =>
      lag === 0
        ? undefined
        : `${name} is still ${counted(Math.abs(lag), 'position')} ${lag > 0 ? 'behind the log' : 'beyond the end of the log'}, with nothing left that would move it`,
    );
  },
});
