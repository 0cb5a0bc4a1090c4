/** However many feeders of one name there are, and whatever happens to them, one goes on: else nobody is left to feed. */
import type { Invariant } from '../../sim/suite/suite.js';
import type { FeederLife } from './feeder-life.js';

export const oneGoesOn = <Command>(): Invariant<FeederLife, Command> => ({
  name: 'one-goes-on',
  statement: 'Of several feeders of one name at least one goes on.',
  check: (_, { fed }) =>
    fed.some(({ state }) => state === 'running')
      ? undefined
      : fed.length === 1
        ? 'the only feeder has stopped'
        : `all ${fed.length} feeders have stopped`,
});
