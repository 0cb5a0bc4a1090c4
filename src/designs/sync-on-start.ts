/**
 * Save, then publish, and at each start compare how far every listener has come with how far the store is: the
 * difference is replayed before the doors open. Safe.
 *
 * Read model and store now know each other: each listener keeps, with its state, the position of the last event in
 * it, and so does the one that posts letters.
 *
 * Cost: of a command, the append, the state of `balances`, and of the letters if one was posted. Of a boot, what each
 * durable listener missed, and the log for the volatile one.
 */
import { BEGINNING } from '../event-store/event.js';
import { replay } from '../feeder/replay.js';
import type { BankDesign } from './bank/bank-system.js';
import { handleCommand } from './bank/command-handler.js';
import { bankSystem, openBank } from './bank/open-bank.js';
import { createEventBus, flushListeners, publishSaved } from './bank/publishing.js';
import { oneAtATime } from './one-at-a-time.js';

export const syncOnStart: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'file', letters: 'file' });
  const bus = createEventBus(bank);
  // From the beginning, for the volatile model's sake; the others pass over what they have.
  await replay(bank.store, BEGINNING, (event) => bus.publish(event));
  await flushListeners(bank);

  const commands = oneAtATime();
  return bankSystem(bank, {
    design: 'sync-on-start',
    execute: (command, executeOptions) =>
      commands.run(async () => {
        const { result, events } = await handleCommand(env, bank.store, command, executeOptions);
        // A power cut now, and the next start finds the listeners behind the store.
        await publishSaved(bank, bus, events, () => flushListeners(bank));
        return result;
      }),
    idle: () => commands.drained(),
    stop: async () => {
      await commands.drained();
      await bus.stop();
    },
  });
};
