/**
 * Save, then publish; nothing else. UNSAFE.
 *
 * It has one fault: after a power cut between the save and the end of the listeners, nothing publishes again. The durable
 * read model stays as it was, and the letter is never posted. The user sees old data and tries again. The answer is that
 * there is nothing to do, or that the account is at another version.
 *
 * Cost: of a command, the append and the state of `balances`. Of a boot, the log for the volatile model.
 */
import { BEGINNING } from '../event-store/event.js';
import { replay } from '../feeder/replay.js';
import type { BankDesign } from './bank/bank-system.js';
import { handleCommand } from './bank/command-handler.js';
import { bankSystem, openBank } from './bank/open-bank.js';
import { createEventBus, flushListeners, publishSaved } from './bank/publishing.js';
import { oneAtATime } from './one-at-a-time.js';

export const publishAfterSave: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'file', letters: 'design' });
  const { balances, overview, letters } = bank.listeners;
  for (const listener of [balances, letters]) listener.startAfter(bank.headAtBoot);
  await replay(bank.store, BEGINNING, overview.handle);

  const bus = createEventBus(bank);
  // One command at a time, so that events are published in the order in which they were saved.
  const commands = oneAtATime();
  return bankSystem(bank, {
    design: 'publish-after-save',
    execute: (command, executeOptions) =>
      commands.run(async () => {
        const { result, events } = await handleCommand(env, bank.store, command, executeOptions);
        // Here is the gap: a power cut now, and no one will ever hear of these events.
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
