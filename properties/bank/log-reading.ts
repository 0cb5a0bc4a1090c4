/** What those who look at a bank have read of its log, and what they make of it. */

import type { Fold } from '../../src/designs/bank/bank-system.js';
import { letterFor } from '../../src/designs/bank/letters.js';
import type { Json, RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import type { Projection } from '../../src/read-models/projection.js';
import { foldedAlong, following } from '../observation/incremental-fold.js';
import { metAs } from '../observation/logged-events.js';
import type { LoggedEvent } from '../observation/observation.js';

export interface LogReading {
  readonly store: EventStore;
  readonly head: ReturnType<EventStore['head']>;
  readonly events: readonly RecordedEvent[];
  /** All events but the system's. */
  readonly domain: readonly RecordedEvent[];
  readonly logged: readonly LoggedEvent[];
}

/** Reads the log of a store: all of it, or what has come since it was read before, as nothing in a log ever changes. */
export const readLog = async (store: EventStore, before: LogReading | undefined): Promise<LogReading> => {
  const head = store.head();
  // Only while the same store is open. After a restart the log is read again.
  const known = before?.store === store ? before : undefined;
  if (known?.head === head) return known;
  const events = await store.readAll(known === undefined ? {} : { after: known.head });
  return { store, head, ...metIn(known === undefined ? events : [...known.events, ...events]) };
};

const metAlong = (): ((events: readonly RecordedEvent[]) => Met) => {
  const logged: LoggedEvent[] = [];
  const domain: RecordedEvent[] = [];
  return following({
    enter: (event) => {
      const met = metAs(event);
      logged.push(met.logged);
      if (!met.logged.system) domain.push(met.event);
      return () => {
        logged.pop();
        if (!met.logged.system) domain.pop();
      };
    },
    // Copies: what is kept up goes on with the next log.
    made: () => ({ logged: [...logged], domain: [...domain] }),
  });
};

const metAgain = metAlong();
const metIn = (events: readonly RecordedEvent[]) => ({ events, ...metAgain(events) });

type Met = Pick<LogReading, 'domain' | 'logged'>;

type Folding<State> = (events: readonly RecordedEvent[]) => State;
const foldings = new Map<object, Folding<Json>>();

/** Folds what was read: each projection from where it differs from what was read the last time. */
export const foldOf =
  ({ domain }: LogReading): Fold =>
  <State extends Json>(projection: Projection<State>): State => {
    const known = foldings.get(projection) as Folding<State> | undefined; // made of this very projection
    const folding = known ?? foldedAlong(projection.initial, projection.evolve);
    if (known === undefined) foldings.set(projection, folding);
    return folding(domain);
  };

/** A letter that an event calls for. */
export interface LetterDue {
  readonly position: number;
  readonly key: string;
  /** The position of the last event before it that is not the system's; 0 for the first. */
  readonly before: number;
}

const lettersAlong = (): ((domain: readonly RecordedEvent[]) => readonly LetterDue[]) => {
  const due: LetterDue[] = [];
  let last = 0;
  return following({
    enter: (event) => {
      const before = last;
      const letter = letterFor(event);
      last = Number(event.metadata.globalPosition);
      if (letter !== undefined) due.push({ position: last, key: letter.key, before });
      return () => {
        if (letter !== undefined) due.pop();
        last = before;
      };
    },
    made: () => [...due],
  });
};

const lettersIn = lettersAlong();

/** The letters that the events call for, in their order. */
export const lettersDue = ({ domain }: LogReading): readonly LetterDue[] => lettersIn(domain);
