/**
 * A feeder between store and listeners owns their position, and saves it as an event in a stream of its own in the
 * same store. On load it reads its position from there and goes on right after it. Safe.
 *
 * Neither commands nor listeners know of positions: a command saves and is done, a listener handles what it is
 * given. The letters keep nothing at all: the checkpoint, written after they are posted, is their memory.
 *
 * Cost: of a command, the append; behind it, the state of `balances` and one checkpoint, once for all that has come in
 * meanwhile. Of a boot, what came after the checkpoint, and the log for the volatile model.
 */
import { numberOf } from '../event-store/position.js';
import { startFeeder } from '../feeder/feeder.js';
import type { BankDesign } from './bank/bank-system.js';
import { executeCommand } from './bank/command-handler.js';
import { feederHandler } from './bank/listener.js';
import { bankSystem, openBank } from './bank/open-bank.js';

const FEEDER = 'bank';

export const checkpointedFeeder: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'file', letters: 'design' });
  const { store, listeners } = bank;
  const handlers = [
    feederHandler(listeners.balances),
    feederHandler(listeners.overview),
    feederHandler(listeners.letters, 'by-checkpoint'),
  ];
  // A store is open once and has one such feeder, so no drawn id need tell it from others: equal histories make
  // equal logs.
  const feeder = await startFeeder(env, store, { name: FEEDER, writer: FEEDER, handlers });
  const atStart = numberOf(feeder.checkpoint);

  return bankSystem(bank, {
    design: 'checkpointed-feeder',
    execute: (command, executeOptions) => executeCommand(env, store, command, executeOptions),
    caughtUp: () => feeder.waitFor(store.head(), { handler: 'balances' }),
    idle: () => feeder.idle(),
    stop: () => feeder.stop(),
    checkpoint: () => ({ feeder: FEEDER, atStart, now: numberOf(feeder.checkpoint) }),
    costs: () => ({ checkpointWrites: feeder.checkpointWrites }),
  });
};
