/**
 * Each listener keeps the position of the last event it has handled, atomically with its state, and asks the store
 * for what came after: on start, and whenever something was appended. Nothing is published. Safe.
 *
 * The price is that every listener has to keep a position durably, the one that posts letters no less than the read
 * model; only the volatile one, which starts from nothing, is free of it.
 *
 * Cost: of a command, the append; behind it, the state of `balances` and of the letters, once for all events that
 * have arrived meanwhile. Of a boot, what each durable listener missed, and the log for the volatile one.
 */
import { startFollower } from '../feeder/follower.js';
import type { BankDesign } from './bank/bank-system.js';
import { executeCommand } from './bank/command-handler.js';
import { feederHandler } from './bank/listener.js';
import { bankSystem, openBank } from './bank/open-bank.js';

export const listenerPositions: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'file', letters: 'file' });
  const { store, listeners } = bank;
  const follow = (listener: typeof listeners.balances) => startFollower(env, store, feederHandler(listener));
  const balances = follow(listeners.balances);
  const followers = [balances, follow(listeners.overview), follow(listeners.letters)];

  return bankSystem(bank, {
    design: 'listener-positions',
    execute: (command, executeOptions) => executeCommand(env, store, command, executeOptions),
    caughtUp: () => balances.waitFor(store.head()),
    idle: async () => {
      for (const follower of followers) await follower.idle();
    },
    stop: async () => {
      for (const follower of followers) await follower.stop();
    },
  });
};
