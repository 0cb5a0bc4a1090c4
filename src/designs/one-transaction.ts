/**
 * Events and what listeners make of them are saved in one atomic write: there is no in-between for the power to fail
 * in. Safe.
 *
 * The state of `balances` is an event in a system stream of the same store, appended together with the account's
 * own events. Letters can't be part of any transaction: they are posted after it, and how far that has come
 * is saved along with the next one, so after a crash the last letters are posted once more.
 *
 * Cost: of a command, one append that carries the whole state of the read model, and the wait for every listener. Of
 * a boot, one event for `balances`, the letters since the last transaction, and the log for the volatile model.
 */
import {
  BEGINNING,
  globalPosition,
  type Json,
  type RecordedEvent,
  streamVersion,
} from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { numberOf, resumeAfter } from '../event-store/position.js';
import { replay } from '../feeder/replay.js';
import { type Balances, balances as projection } from './bank/balances.js';
import type { BankDesign } from './bank/bank-system.js';
import { consider, recordedEvents, resultOf } from './bank/command-handler.js';
import { bankSystem, openBank } from './bank/open-bank.js';
import { createEventBus, publishSaved } from './bank/publishing.js';
import { oneAtATime } from './one-at-a-time.js';

const LISTENERS = '$listeners';

/** What the listeners remember, as the data of an event that ends a transaction. */
type Remembered = {
  readonly balances: Balances;
  /** Up to this position all letters are posted. */
  readonly lettersPosted: number;
};

export const oneTransaction: BankDesign = async (env, options) => {
  const bank = await openBank(env, options, { balances: 'design', letters: 'design' });
  const { store, listeners } = bank;
  const { balances, position, lettersPosted } = await lastRemembered(store);
  bank.balances.replace(balances, resumeAfter(position));
  listeners.balances.startAfter(position, position);
  listeners.letters.model.advance(resumeAfter(lettersPosted));
  listeners.letters.startAfter(lettersPosted, lettersPosted);
  const bus = createEventBus(bank);
  await replay(store, BEGINNING, (event) => bus.publish(event));

  let transactions = 0;
  const remember = (events: readonly RecordedEvent[]) => {
    const data: Remembered = {
      balances: events.reduce(projection.evolve, bank.balances.state),
      lettersPosted: numberOf(listeners.letters.model.position),
    };
    // Named after what it remembers, like all else that is saved: equal histories make equal logs.
    const messageId = `remembered/${events.at(-1)?.metadata.messageId}`;
    return { streamName: LISTENERS, events: [{ type: 'remembered', data, messageId }] };
  };

  const commands = oneAtATime();
  return bankSystem(bank, {
    design: 'one-transaction',
    execute: (command, executeOptions = {}) =>
      commands.run(async () => {
        const decision = await consider(env, store, command, executeOptions);
        if (decision.kind === 'settled') return resultOf(decision.handled);
        const { streamName, version, events: newEvents } = decision;
        // One command at a time: this is where its events will be, and nothing changes the model meanwhile.
        const saved = {
          outcome: 'appended',
          newEvents,
          nextExpectedStreamVersion: streamVersion(version + BigInt(newEvents.length)),
          lastEventGlobalPosition: globalPosition(numberOf(store.head()) + newEvents.length),
        } as const;
        const events = recordedEvents(streamName, saved);
        const account = { streamName, events: newEvents, expectedStreamVersion: version };
        await store.appendToStreams([account, remember(events)]);
        transactions++;
        await publishSaved(bank, bus, events);
        return resultOf(saved);
      }),
    idle: () => commands.drained(),
    stop: async () => {
      await commands.drained();
      await bus.stop();
    },
    costs: () => ({ stateWrites: transactions }),
  });
};

/** What the last transaction left, and the position of the last event it includes: the one before its own. */
const lastRemembered = async (store: EventStore): Promise<Remembered & { readonly position: number }> => {
  const { events } = await store.readStream(LISTENERS, { direction: 'backwards', maxCount: 1 });
  const [last] = events;
  if (last === undefined) return { balances: projection.initial, lettersPosted: 0, position: 0 };
  const remembered = last.data as Json as Remembered; // this stream is written by transactions alone
  return { ...remembered, position: numberOf(last.metadata.globalPosition) - 1 };
};
