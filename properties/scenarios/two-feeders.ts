/**
 * Two feeders of one name on one store, as when an old process has not noticed that a new one took over: each
 * event may be handled twice, but checkpoints never go back, the stale one stops, and all comes to rest.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite.js';
import type { PerformContext } from '../../sim/suite.js';
import { batchOf } from '../recorded.js';
import { fedInvariants } from './fed-invariants.js';
import {
  bootStoreToFeed,
  describeNote,
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

const describe = ({ type }: Command): string =>
  type === 'start' ? 'start another feeder of the same name' : 'append an event';

export default defineSuite<FeederLife, Command>({
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
  invariants: fedInvariants(describe),
  observe: rememberFed,
  clients: 2,
  marks: ['store:torn-tail-cut', 'feeder:stale-stopped'],
  describe,
  describeEffect: describeNote,
});
