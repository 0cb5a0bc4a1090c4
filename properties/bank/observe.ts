/** What the invariants see of a bank: the adapter from the one interface of the six designs to all of them. */
import type { Attempted, History, Json } from '../../sim/suite.js';
import { type AccountCommand, accountStream } from '../../src/designs/bank/account.js';
import { type Letter, letterFor } from '../../src/designs/bank/letters.js';
import type { CommandResult, ListenerReport, ParkedReport } from '../../src/designs/bank-system.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import { type BankCommand, shortly } from '../arbitraries/bank-commands.js';
import { checkpointsIn } from '../checkpoints.js';
import { lostEvents } from '../invariants/durability.js';
import { unheardEvents } from '../invariants/no-loss.js';
import { sameJson } from '../json.js';
import { ofTheLast } from '../last.js';
import { remember } from '../memory.js';
import {
  type Claim,
  type LoggedEvent,
  NOTHING_OBSERVED,
  type Observation,
  type PromisedEvent,
  type Published,
  type SubscriberView,
} from '../observation.js';
import { commandId, loggedEvent } from '../recorded.js';
import { afterStop, type BankLife, type LogReading } from './life.js';

/** What is new of a life's log: all of it once, and after that what has come since, as nothing in a log ever changes. */
const readLog = async (life: BankLife): Promise<LogReading> => {
  const { store } = life.bank;
  const head = store.head();
  // Of a bank that is open: what a restart finds is read anew.
  const known = life.reading?.store === store ? life.reading : undefined;
  if (known?.head === head) return known;
  const events = await store.readAll(known === undefined ? {} : { after: known.head });
  const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
  const logged = events.map(loggedEvent);
  const reading =
    known === undefined
      ? { store, head, events, domain, logged }
      : {
          store,
          head,
          events: [...known.events, ...events],
          domain: [...known.domain, ...domain],
          logged: [...known.logged, ...logged],
        };
  life.reading = reading;
  return reading;
};

/** Closing an account that is not empty pays out and closes: the only batch of two. */
const withBatches = (log: readonly LoggedEvent[], history: History<BankCommand>): readonly LoggedEvent[] => {
  const closing = new Set(
    history.commands.filter(({ command }) => command.type === 'close').map(({ index }) => index),
  );
  if (closing.size === 0) return log;
  const paidOut = new Set(
    log.flatMap(({ type, command }) => (type === 'withdrawn' && command !== undefined ? [command] : [])),
  );
  return log.map((event) =>
    event.command !== undefined && closing.has(event.command) && paidOut.has(event.command)
      ? { ...event, batch: { id: commandId(event.command), size: 2 } }
      : event,
  );
};

/** The last event that a command leads to, and what is known of its data by whoever sent the command. */
const lastEvent = (command: AccountCommand): Pick<PromisedEvent, 'type' | 'data'> => {
  const { account } = command;
  switch (command.type) {
    case 'open':
      return { type: 'opened', data: { account, owner: command.owner } };
    case 'deposit':
      return { type: 'deposited', data: { account, cents: command.cents } };
    case 'withdraw':
      return { type: 'withdrawn', data: { account, cents: command.cents } };
    case 'close':
      return { type: 'closed' };
  }
};

/** What is known of a command never changes, and a history begins much as the one before. */
const claimsOf = ofTheLast((commands: History<BankCommand>['commands'], before): readonly Claim[] =>
  commands.map((attempted, index) => {
    const known = before?.thing[index] === attempted ? before.made[index] : undefined;
    return known ?? claimOf(attempted);
  }),
);

const claimOf = ({ index, command, outcome }: Attempted<BankCommand>): Claim => {
  const claim: Claim = { command: index, status: outcome.status, events: [] };
  if (outcome.status !== 'acknowledged' || command.type === 'restart') return claim;
  // For a customer `perform` resolves to nothing but a CommandResult, and the history carries it untouched.
  const result = outcome.result as unknown as CommandResult;
  if (result.kind === 'nothing-to-do') return claim;
  const promised: PromisedEvent = {
    ...lastEvent(command),
    streamName: accountStream(command.account),
    streamPosition: result.version,
    globalPosition: result.position,
    command: index,
  };
  return { ...claim, events: [promised] };
};

/** The letters that are known to have arrived. */
const lettersIn = (history: History<BankCommand>): readonly Letter[] =>
  history.effects as unknown as readonly Letter[]; // the bank has no other effect on the outside world

const published = ({ key, to, account, about }: Letter): Published => ({
  messageId: key,
  effect: `a ${about} letter about account ${shortly(account)} went out to ${shortly(to)}`,
});

const handledBy = (
  { durability, delivered, durableAtStart }: ListenerReport,
  events: readonly RecordedEvent[],
  arrived: ReadonlySet<string>,
): ReadonlySet<number> => {
  const handed = new Set(delivered);
  const isHandled = (event: RecordedEvent, position: number): boolean => {
    if (durability !== 'outside') return handed.has(position) || position <= durableAtStart;
    // A letter counts when it has arrived, whatever the listener says of it; where none is due, nothing is to be done.
    const letter = letterFor(event);
    return letter === undefined || arrived.has(letter.key);
  };
  const handled = new Set<number>();
  for (const event of events) {
    const position = Number(event.metadata.globalPosition);
    if (isHandled(event, position)) handled.add(position);
  }
  return handled;
};

/** The last position up to which everything was handled or given up on. */
const contiguous = (
  domain: readonly RecordedEvent[],
  handled: ReadonlySet<number>,
  parked: readonly ParkedReport[],
): number => {
  let reached = 0;
  for (const { metadata } of domain) {
    const position = Number(metadata.globalPosition);
    if (!handled.has(position) && !parked.some((event) => event.position === position)) break;
    reached = position;
  }
  return reached;
};

const subscriberView = (
  listener: ListenerReport,
  domain: readonly RecordedEvent[],
  arrived: ReadonlySet<string>,
  parked: readonly ParkedReport[],
  replayLimit: number | undefined,
): SubscriberView => {
  const { name, durability, startedAfter, durableAtStart, delivered } = listener;
  const reached = delivered.reduce(
    (last, position) => Math.max(last, position),
    Math.max(startedAfter, durableAtStart),
  );
  const handled = handledBy(listener, domain, arrived);
  const parkedByIt = parked.filter(({ subscriber }) => subscriber === name);
  return {
    name,
    durability,
    start: startedAfter,
    // What has gone out is durable, whether or not anybody remembers it.
    appliedAtStart: durability === 'outside' ? contiguous(domain, handled, parkedByIt) : durableAtStart,
    lag: domain.filter(({ metadata }) => Number(metadata.globalPosition) > reached).length,
    delivered,
    handled,
    ...(durability === 'durable' && replayLimit !== undefined ? { replayLimit } : {}),
  };
};

/** Reads the log; touches nothing but the counters that the costs are made of. */
export const observeBank = async (life: BankLife, history: History<BankCommand>): Promise<Observation> => {
  const { bank } = life;
  const { events, domain, logged } = await readLog(life);
  const letters = lettersIn(history);
  const arrived = new Set(letters.map(({ key }) => key));
  const parked = await bank.parked();
  const observation: Observation = {
    ...NOTHING_OBSERVED,
    log: withBatches(logged, history),
    claims: claimsOf(history.commands),
    readModels: await bank.readModels(domain),
    subscribers: bank
      .listeners()
      .map((listener) => subscriberView(listener, domain, arrived, parked, life.replayLimit)),
    checkpoints: checkpointsIn(
      events,
      bank.listeners().map(({ name }) => name),
      bank.checkpoint()?.atStart,
    ),
    parked: parked.map(({ subscriber, position }) => ({ subscriber, globalPosition: position })),
    published: letters.map(published),
    afterStop: afterStop(life),
    settledAfterMs: life.settledAfterMs,
  };
  life.eventsLost = lostEvents(observation).length + unheardEvents(observation).length;
  life.staleModels = observation.readModels.filter(({ state, fresh }) => !sameJson(state, fresh)).length;
  return observation;
};

/** What a life leaves in the memory of those who looked: the log, and how far each checkpoint had come. */
export const rememberBank = async (life: BankLife): Promise<Json> => {
  const { events, logged } = await readLog(life);
  return remember({
    ...NOTHING_OBSERVED,
    log: logged,
    checkpoints: checkpointsIn(events, []),
  });
};
