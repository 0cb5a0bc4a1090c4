/** What runs of a suite must reach: without it, a suite that holds says nothing about crashes. */
import type { Reachable } from '../../sim/suite/suite.js';

/** For suites whose clients retry. No command is cut off where no crash happens during one, or where no recovery accepts it. */
export const retriedAfterCrash: Reachable<unknown> = {
  name: 'a command that a crash interrupted is acknowledged after the restart',
  reached: ({ commands, crashes }) =>
    crashes > 0 &&
    commands.some(({ attempts, outcome }) => attempts > 1 && outcome.status === 'acknowledged'),
};

/** For suites whose clients never retry. */
export const acknowledgedAndCrashed: Reachable<unknown> = {
  name: 'a crash happens when a command is acknowledged',
  reached: ({ commands, crashes }) =>
    crashes > 0 && commands.some(({ outcome }) => outcome.status === 'acknowledged'),
};

/** For feeders, subscriptions and buses: effects are the deliveries. */
export const deliveredAndCrashed: Reachable<unknown> = {
  name: 'a crash happens when an event is delivered',
  reached: ({ effects, crashes }) => crashes > 0 && effects.length > 0,
};
