/** What the invariants see of a bank: the adapter from the one interface of the six designs to all of them. */
import type { Attempted, Json } from '../../sim/suite/suite.js';
import { type AccountCommand, accountStream } from '../../src/designs/bank/account.js';
import type { ListenerReport, ParkedReport } from '../../src/designs/bank/bank-system.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import { type BankCommand, shortly } from '../arbitraries/bank-commands.js';
import { lostEvents } from '../invariants/durability.js';
import { unheardEvents } from '../invariants/no-loss.js';
import { checkpointsIn } from '../observation/checkpoint-views.js';
import { foldedAlong } from '../observation/incremental-fold.js';
import { sameJson } from '../observation/json-diff.js';
import { commandId } from '../observation/logged-events.js';
import { ofTheLast } from '../observation/memoize-last.js';
import {
  type Claim,
  domainPositions,
  type LoggedEvent,
  NOTHING_OBSERVED,
  type Observation,
  type PromisedEvent,
  type Published,
  type SubscriberView,
} from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { includedIn } from '../observation/ordered-membership.js';
import { afterStop, type BankAnswer, type BankHistory, type BankLife } from './life.js';
import { foldOf, type LetterDue, type LogReading, lettersDue, readLog } from './log-reading.js';

const readingOf = async (life: BankLife): Promise<LogReading> => {
  life.reading = await readLog(life.bank.store, life.reading);
  return life.reading;
};

/** Closing an account that is not empty pays out and closes: the only batch of two. */
const withBatches = (log: readonly LoggedEvent[], history: BankHistory): readonly LoggedEvent[] => {
  const closing = closingIn(history.commands);
  if (closing.size === 0) return log;
  const paidOut = new Set(
    log.flatMap(({ type, command }) => (type === 'withdrawn' && command !== undefined ? [command] : [])),
  );
  return log.map((event) =>
    event.command !== undefined && closing.has(event.command) && paidOut.has(event.command)
      ? inBatch(event, event.command)
      : event,
  );
};

const closingIn = foldedAlong(
  new Set<number>(),
  (closing: ReadonlySet<number>, { command, index }: Attempted<BankCommand, BankAnswer>) =>
    command.type === 'close' ? new Set(closing).add(index) : closing,
);

/** By position, the last event that was found to be one of two: equal events must stay the same. */
const inBatches: { readonly event: LoggedEvent; readonly batched: LoggedEvent }[] = [];

const inBatch = (event: LoggedEvent, command: number): LoggedEvent => {
  const known = inBatches[event.globalPosition];
  if (known?.event === event) return known.batched;
  const batched = { ...event, batch: { id: commandId(command), size: 2 } };
  inBatches[event.globalPosition] = { event, batched };
  return batched;
};

/** The last event that a command leads to, and the data of it that the sender of the command knows. */
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
const claimsOf = ofTheLast((commands: BankHistory['commands'], before): readonly Claim[] =>
  commands.map((attempted, index) => {
    const known = before?.thing[index] === attempted ? before.made[index] : undefined;
    return known ?? claimOf(attempted);
  }),
);

const claimOf = ({ index, command, outcome }: Attempted<BankCommand, BankAnswer>): Claim => {
  const claim: Claim = { command: index, status: outcome.status, events: [] };
  if (outcome.status !== 'acknowledged' || command.type === 'restart') return claim;
  const { result } = outcome;
  if (result === null || result.kind === 'nothing-to-do') return claim;
  const promised: PromisedEvent = {
    ...lastEvent(command),
    streamName: accountStream(command.account),
    streamPosition: result.version,
    globalPosition: result.position,
    command: index,
  };
  return { ...claim, events: [promised] };
};

const published = ({ key, to, account, about }: Letter): Published => ({
  messageId: key,
  effect: `a ${about} letter about account ${shortly(account)} went out to ${shortly(to)}`,
});

/** What a listener has handled, of the events that are not the system's. */
const handledBy = (
  { durability, delivered, durableAtStart }: ListenerReport,
  due: readonly LetterDue[],
  arrived: ReadonlySet<string>,
): SubscriberView['handled'] => {
  if (durability !== 'outside') {
    const wasHanded = includedIn(delivered);
    return { has: (position) => position <= durableAtStart || wasHanded(position) };
  }
  // A letter counts when it has arrived, whatever the listener says of it; where none is due, nothing is to be done.
  const missing = new Set(due.filter(({ key }) => !arrived.has(key)).map(({ position }) => position));
  return { has: (position) => !missing.has(position) };
};

/** The last position up to which every letter that was due has arrived or was given up on. */
const contiguous = (
  last: number,
  due: readonly LetterDue[],
  handled: SubscriberView['handled'],
  parked: readonly ParkedReport[],
): number => {
  const missing = due.find(
    ({ position }) => !handled.has(position) && !parked.some((event) => event.position === position),
  );
  return missing?.before ?? last;
};

interface Seen {
  /** Where the events stand that are not the system's. */
  readonly positions: readonly number[];
  readonly due: readonly LetterDue[];
  readonly arrived: ReadonlySet<string>;
  readonly parked: readonly ParkedReport[];
  readonly replayLimit: number | undefined;
}

const subscriberView = (
  listener: ListenerReport,
  { positions, due, arrived, parked, replayLimit }: Seen,
): SubscriberView => {
  const { name, durability, startedAfter, durableAtStart, delivered } = listener;
  const reached = delivered.reduce(
    (last, position) => Math.max(last, position),
    Math.max(startedAfter, durableAtStart),
  );
  const handled = handledBy(listener, due, arrived);
  const parkedByIt = parked.filter(({ subscriber }) => subscriber === name);
  return {
    name,
    durability,
    start: startedAfter,
    // What has gone out is durable, whether or not anybody remembers it.
    appliedAtStart:
      durability === 'outside' ? contiguous(positions.at(-1) ?? 0, due, handled, parkedByIt) : durableAtStart,
    lag: positions.length - 1 - positions.findLastIndex((position) => position <= reached),
    delivered,
    handled,
    ...(durability === 'durable' && replayLimit !== undefined ? { replayLimit } : {}),
  };
};

/** Reads the log; touches nothing but the counters that the costs are made of. */
export const observeBank = async (life: BankLife, history: BankHistory): Promise<Observation> => {
  const { bank } = life;
  const reading = await readingOf(life);
  const { logged } = reading;
  const letters = history.effects; // those that are known to have arrived
  const parked = await bank.parked();
  const seen: Seen = {
    positions: domainPositions({ log: logged }),
    due: lettersDue(reading),
    arrived: new Set(letters.map(({ key }) => key)),
    parked,
    replayLimit: life.replayLimit,
  };
  const readModels = await bank.readModels(foldOf(reading));
  const listeners = bank.listeners();
  const observation: Observation = {
    ...NOTHING_OBSERVED,
    log: withBatches(logged, history),
    claims: claimsOf(history.commands),
    readModels,
    subscribers: listeners.map((listener) => subscriberView(listener, seen)),
    checkpoints: checkpointsIn(
      logged,
      listeners.map(({ name }) => name),
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
  const { logged } = await readingOf(life);
  return remember({ ...NOTHING_OBSERVED, log: logged, checkpoints: checkpointsIn(logged, []) });
};
