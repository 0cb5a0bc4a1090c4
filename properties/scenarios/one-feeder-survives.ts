/** With any number of feeders of one name, one survives everything. Otherwise no feeder would deliver the events. */
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
