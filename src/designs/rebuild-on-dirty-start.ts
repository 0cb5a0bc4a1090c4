/**
 * Save, then publish, and leave a marker at each clean shutdown. If it is missing at the next start, the listeners may have
 * missed any event: so everything is rebuilt from event 1. Safe.
 *
 * The marker is left when all listeners are through and what they remember is durable, and is removed, durably,
 * before the first append of the next life. The letters remember nothing beside the log: they are all posted
 * again, under their old keys.
 *
 * Cost: of a command, the append alone, as the read model needs to be durable at shutdown only. Of a boot after a
 * crash, the whole log for every listener, however little was missed.
 */
import { BEGINNING } from '../event-store/event.js';
import { replay } from '../feeder/replay.js';
import { balances as projection } from './bank/balances.js';
import type { BankDesign } from './bank/bank-system.js';
import { handleCommand } from './bank/command-handler.js';
import { bankSystem, openBank } from './bank/open-bank.js';
import { createEventBus, flushListeners, publishSaved } from './bank/publishing.js';
import { leaveMarker, takeMarker } from './clean-shutdown-marker.js';
import { oneAtATime } from './one-at-a-time.js';

export const rebuildOnDirtyStart: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'file', letters: 'design' });
  const { balances, letters } = bank.listeners;
  const clean = await takeMarker(env.fs, bank.directory);
  if (clean) {
    for (const listener of [balances, letters]) listener.startAfter(bank.headAtBoot, bank.headAtBoot);
  } else {
    env.mark('bank:rebuilt-after-dirty-start');
    bank.balances.replace(projection.initial, BEGINNING);
    balances.startAfter(0, 0);
  }
  const bus = createEventBus(bank);
  await replay(bank.store, BEGINNING, (event) => bus.publish(event));

  const commands = oneAtATime();
  let complete = true;
  return bankSystem(bank, {
    design: 'rebuild-on-dirty-start',
    execute: (command, executeOptions) =>
      commands.run(async () => {
        const { result, events } = await handleCommand(env, bank.store, command, executeOptions);
        if (!(await publishSaved(bank, bus, events))) complete = false;
        return result;
      }),
    idle: () => commands.drained(),
    stop: async () => {
      await commands.drained();
      await bus.stop();
      await flushListeners(bank);
      if (complete) await leaveMarker(env.fs, bank.directory);
    },
  });
};
