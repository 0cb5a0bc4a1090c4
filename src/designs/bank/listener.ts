/**
 * A listener: the effect of an event. The bank has three, the same in every design: the read models `balances`
 * (durable) and `overview` (volatile), and `letters`, whose effect is outside. A listener skips the events that it has
 * handled: it knows them by the position of its model.
 */
import type { Json, RecordedEvent } from '../../event-store/event.js';
import { numberOf } from '../../event-store/position.js';
import type { FeederHandler } from '../../feeder/feeder.js';
import type { Projection } from '../../read-models/projection.js';
import type { ReadModel } from '../../read-models/read-model.js';
import type { BankOptions, Durability, ListenerReport } from './bank-system.js';
import { letterFor } from './letters.js';

/** The part of a read model that does not depend on what its state is. */
type Memory = Pick<ReadModel<Json>, 'name' | 'position' | 'saves' | 'advance' | 'flush' | 'close'>;

export interface Listener {
  readonly name: string;
  readonly durability: Durability | 'outside';
  /** What is remembered of its work, and the position of the last event in it. */
  readonly model: Memory;
  /** Handles one event: at once where nothing is to be waited for. */
  handle(event: RecordedEvent): Promise<void> | void;
  /** Makes durable what is remembered, where it is kept on disk at all. */
  flush(): Promise<void>;
  /** Says where delivery begins in this life, and what was known as handled: by default where the model stands. */
  startAfter(position: number, durableAtStart?: number): void;
  report(): ListenerReport;
}

/** A read model as a listener: handling an event is taking it in. */
export const readModelListener = <State extends Json>(
  durability: Durability,
  model: ReadModel<State>,
): Listener => createListener(durability, model, (event) => void model.apply(event));

/** What is remembered of the letters: how many were posted. The position that is kept with it is what matters. */
export type PostedLetters = { readonly count: number };

export const postedLetters: Projection<PostedLetters> = {
  name: 'letters',
  initial: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
};

/**
 * Posts the letter that an event calls for, and only then takes the event for handled: at least once. An event
 * without a letter moves the position in memory alone, since to meet it again costs less than to remember it.
 */
export const lettersListener = (post: BankOptions['post'], posted: ReadModel<PostedLetters>): Listener =>
  createListener('outside', posted, (event) => {
    const letter = letterFor(event);
    if (letter === undefined) return posted.advance(event.metadata.globalPosition);
    return Promise.resolve(post(letter)).then(() => void posted.apply(event));
  });

const createListener = (
  durability: Listener['durability'],
  model: Memory,
  take: (event: RecordedEvent) => Promise<void> | void,
): Listener => {
  const delivered: number[] = [];
  let startedAfter = numberOf(model.position);
  let durableAtStart = durability === 'volatile' ? 0 : startedAfter;
  return {
    name: model.name,
    durability,
    model,
    handle: (event) => {
      const position = numberOf(event.metadata.globalPosition);
      if (position <= startedAfter) return;
      delivered.push(position);
      if (position > numberOf(model.position)) return take(event);
    },
    flush: () => model.flush(),
    startAfter: (position, durable = durableAtStart) => {
      startedAfter = position;
      durableAtStart = durable;
    },
    report: () => ({ name: model.name, durability, startedAfter, durableAtStart, delivered: [...delivered] }),
  };
};

/** A listener as a feeder takes it: it says where it stands, or ('by-checkpoint') leaves that to the feeder. */
export const feederHandler = (
  listener: Listener,
  position: 'own' | 'by-checkpoint' = 'own',
): FeederHandler => ({
  name: listener.name,
  durability: listener.durability === 'volatile' ? 'volatile' : 'durable',
  started: (after) => listener.startAfter(numberOf(after), position === 'own' ? undefined : numberOf(after)),
  handle: listener.handle,
  flush: listener.flush,
  ...(position === 'own' && { position: () => listener.model.position }),
});
