/**
 * Two feeders of one name on one store, as when an old process has not noticed that a new one took over. Each event may
 * be handled twice, but checkpoints never go back, the stale feeder stops, and the system becomes idle.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext } from '../../sim/suite/suite.js';
import { batchOf } from '../observation/logged-events.js';
import { deliveredAndCrashed, retriedAfterCrash } from '../observation/must-reach.js';
import { fedInvariants, observe } from './fed-invariants.js';
import {
  bootStoreToFeed,
  describeNote,
  FEEDER,
  type FeederLife,
  rememberFed,
  settleFed,
  startFed,
  stopFed,
} from './feeder-life.js';

type Command = { readonly type: 'append' } | { readonly type: 'start' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: 'append' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'start' as const }) },
);

const send = async (life: FeederLife, { type }: Command, { index }: PerformContext): Promise<void> => {
  if (type === 'start') await startFed(life);
  else await life.store.appendToStream('s', batchOf(index, 'Happened', [index]));
};

/** A feeder that did not write the last checkpoint must have started from it. */
const staleStops: Invariant<FeederLife, Command> = {
  name: 'stale-stops',
  statement: 'Once the system is quiescent, a feeder has stopped if another one wrote a later checkpoint.',
  check: async (history: History<Command>, life) => {
    const { checkpoints } = await observe(life, history);
    const last = checkpoints.find(({ feeder }) => feeder === FEEDER)?.writes.at(-1);
    if (last === undefined) return undefined;
    const stale = life.fed.findIndex(
      ({ state, writer, checkpointAtStart }) =>
        state === 'running' && writer !== last.writer && checkpointAtStart !== last.position,
    );
    return stale < 0
      ? undefined
      : `feeder ${stale + 1} still runs, though another one wrote checkpoint ${last.position}`;
  },
};

const describe = ({ type }: Command): string =>
  type === 'start' ? 'start another feeder of the same name' : 'append an event';

export default defineSuite({
  name: 'two-feeders',
  boot: async (env) => {
    const life = await bootStoreToFeed(env);
    await startFed(life);
    return life;
  },
  commands: fc.array(command, { minLength: 1, maxLength: 6 }),
  perform: send,
  settle: settleFed,
  shutdown: stopFed,
  mustReach: [retriedAfterCrash, deliveredAndCrashed],
  invariants: [staleStops, ...fedInvariants(describe)],
  observe: rememberFed,
  clients: 2,
  marks: ['store:torn-tail-cut', 'feeder:stale-stopped'],
  describe,
  describeEffect: describeNote,
});
