/**
 * The input of an invariant of an event-sourced system: plain data about one moment of one life.
 *
 * The invariants know nothing of the system they judge. To apply them to another system, write one function from
 * that system to an {@link Observation}. Positions are
 * plain numbers here: 1 is the first event of the log (or of a stream), 0 stands before it.
 */
import type { History, Json } from '../../sim/suite/suite.js';
import { following } from './incremental-fold.js';
import { ofTheLast } from './memoize-last.js';

/** What the invariants compare: everything that can be seen of a recovered system. Plain data. */
export interface Observation {
  /** The durable log as a reader of all streams sees it, in the order it was read; system streams too. */
  readonly log: readonly LoggedEvent[];
  /** The answer to each command sent so far, and the events that it promised. By index. */
  readonly claims: readonly Claim[];
  /** Each read model, with a fresh fold of the log to compare it with. */
  readonly readModels: readonly ReadModelView[];
  /** Each listener: where its delivery began, what it received, and what it handled. */
  readonly subscribers: readonly SubscriberView[];
  /** The checkpoint of each feeder, with its history. */
  readonly checkpoints: readonly CheckpointView[];
  /** Events given up on, each by one subscriber, with a durable record. */
  readonly parked: readonly ParkedEvent[];
  /** The events that effects on the outside world were about, as far as the history knows of them. */
  readonly published: readonly Published[];
  /** Appends that were sent together, each expecting the same version of the same stream. */
  readonly races: readonly Race[];
  /** Readers that waited for a position to become visible in a read model. */
  readonly waits: readonly Wait[];
  /** Starts on damaged checkpoints, each with the system's answer. */
  readonly starts: readonly DamagedStart[];
  /** Effects after a stop had resolved, in words. Empty in a healthy system. */
  readonly afterStop: readonly string[];
  /** Simulated milliseconds that the system took to settle after the last fault. */
  readonly settledAfterMs: number;
}

/** One event as a reader of the log sees it. */
export interface LoggedEvent {
  readonly globalPosition: number;
  readonly streamName: string;
  readonly streamPosition: number;
  readonly messageId: string;
  readonly type: string;
  readonly data: Json;
  /** Belongs to the machinery (a checkpoint, a parked event) and is not fed to subscribers. */
  readonly system: boolean;
  /** The index of the command that it came of, where one did. */
  readonly command?: number;
  /** The batch it was appended in, where there is more than one event in it. */
  readonly batch?: { readonly id: string; readonly size: number };
}

/** An event as an acknowledgement told of it: as much as the answer said. */
export type PromisedEvent = Omit<LoggedEvent, 'data' | 'messageId' | 'system'> &
  Partial<Pick<LoggedEvent, 'data' | 'messageId'>>;

/** The answer that the outside world got for one command. */
export interface Claim {
  readonly command: number;
  readonly status: 'acknowledged' | 'rejected' | 'unknown';
  /** The events that an acknowledgement told of. Empty for the other outcomes, and for "nothing to do". */
  readonly events: readonly PromisedEvent[];
}

/** 'volatile': the state dies with the life. 'durable': state and position are stored together. */
export type Durability = 'durable' | 'volatile';

/** A read model as its users see it, with the position that it claims. */
export interface ReadModelView {
  readonly name: string;
  readonly durability: Durability;
  /** What a user of the model sees. */
  readonly state: Json;
  /** The last position the model says it includes. */
  readonly position: number;
  /** The same projection folded over the whole log just now. */
  readonly fresh: Json;
}

/** One listener: a read model or an integration. */
export interface SubscriberView {
  readonly name: string;
  /** 'outside': its work is effects on the outside world, which no power cut takes back. */
  readonly durability: Durability | 'outside';
  /** Delivery in this life began right after this position. */
  readonly start: number;
  /** Up to here, and with nothing left out, it had durably handled events when this life began. 0 when volatile. */
  readonly appliedAtStart: number;
  /** How many positions of the log it says that it is behind. */
  readonly lag: number;
  /** The positions delivered to it in this life, in order, repeats included. */
  readonly delivered: readonly number[];
  /** Knows every position that is known to have had its effect, in this life or an earlier one. */
  readonly handled: Pick<ReadonlySet<number>, 'has'>;
  /** The most events that a restart may hand it again: checkpoint interval and what is in flight. Absent: no bound is promised. */
  readonly replayLimit?: number;
}

/** The durable checkpoint of one feeder, with its history. */
export interface CheckpointView {
  readonly feeder: string;
  /** The subscribers that this checkpoint speaks for. */
  readonly subscribers: readonly string[];
  /** The durable checkpoint as this life found it: what the last crash left. */
  readonly atStart: number;
  /** Every checkpoint ever written, oldest first, as far as the log keeps them. */
  readonly writes: readonly CheckpointWrite[];
}

/** One write of a checkpoint, as the log records it. */
export interface CheckpointWrite {
  readonly position: number;
  /** The feeder process that wrote it, if the record says so. It identifies a stale feeder. */
  readonly writer?: string;
  /** Set back on purpose. */
  readonly reset: boolean;
  /** Where in the log the checkpoint itself stands: no checkpoint may name a position beyond it. */
  readonly globalPosition: number;
}

/** An event that a subscriber could not handle and put aside, with a durable record. */
export interface ParkedEvent {
  readonly subscriber: string;
  readonly globalPosition: number;
}

/** An effect that was published because of an event. */
export interface Published {
  readonly messageId: string;
  /** In words, for a story. */
  readonly effect: string;
}

/** Several appends to one stream that expected the same version. */
export interface Race {
  readonly streamName: string;
  /** `succeeded` is undefined where a power cut came before the answer. */
  readonly contenders: readonly { readonly messageId: string; readonly succeeded: boolean | undefined }[];
}

/** A client waited until `model` includes `position`, and got a confirmation or a refusal. */
export interface Wait {
  readonly model: string;
  readonly position: number;
  readonly outcome: 'resolved' | 'rejected';
  /** The position that the model included at that moment. */
  readonly included: number;
  /** The system had been stopped before it got that far. */
  readonly stopped: boolean;
}

/** A start on a damaged checkpoint, and how the system answered. */
export interface DamagedStart {
  /** What is wrong with the checkpoint, in words: 'names position 9 of a log of 3'. */
  readonly damage: string;
  /** The code of the typed error with which the start was refused; undefined when the system started. */
  readonly refusedWith: string | undefined;
}

/**
 * From a system to what the invariants look at. Must leave the system as it was. It may declare the results, effects and
 * observations of its own suite: `(life: Life, history: History<Command, Result>) => ...`.
 */
export type Observe<System, Command> = {
  // A method, whose parameters TypeScript compares in both directions: in an arrow's type no history of typed results would fit.
  /** Observes the system. */
  observe(system: System, history: History<Command>): Observation | Promise<Observation>;
}['observe'];

/** An observation of nothing: for systems that have only some of these parts. */
export const NOTHING_OBSERVED: Observation = {
  log: [],
  claims: [],
  readModels: [],
  subscribers: [],
  checkpoints: [],
  parked: [],
  published: [],
  races: [],
  waits: [],
  starts: [],
  afterStop: [],
  settledAfterMs: 0,
};

/** The events that subscribers are owed: all but those of the machinery. */
export const domainEvents = ({ log }: Pick<Observation, 'log'>): readonly LoggedEvent[] =>
  domainOf(log).events;

/** Where they stand. */
export const domainPositions = ({ log }: Pick<Observation, 'log'>): readonly number[] =>
  domainOf(log).positions;

const domainAlong = (): ((log: Observation['log']) => Domain) => {
  const events: LoggedEvent[] = [];
  const positions: number[] = [];
  return following({
    enter: (event) => {
      if (event.system) return undefined;
      events.push(event);
      positions.push(event.globalPosition);
      return () => {
        events.pop();
        positions.pop();
      };
    },
    // Copies: what is kept up goes on with the next log.
    made: () => ({ events: [...events], positions: [...positions] }),
  });
};

interface Domain {
  readonly events: readonly LoggedEvent[];
  readonly positions: readonly number[];
}

const domainOf = ofTheLast(domainAlong());

const byPosition = (): ((log: Observation['log']) => ReadonlyMap<number, LoggedEvent>) => {
  const events = new Map<number, LoggedEvent>();
  return following({
    enter: (event) => {
      const { globalPosition } = event;
      const before = events.get(globalPosition);
      events.set(globalPosition, event);
      return () => {
        if (before === undefined) events.delete(globalPosition);
        else events.set(globalPosition, before);
      };
    },
    made: () => events,
  });
};

const eventsOf = byPosition();

/** The events by their position in the log; of several at one position the last. Valid until the call with the next log. */
export const eventsByPosition = ({ log }: Pick<Observation, 'log'>): ReadonlyMap<number, LoggedEvent> =>
  eventsOf(log);

const counted = (): ((log: Observation['log']) => ReadonlyMap<string, number>) => {
  const counts = new Map<string, number>();
  return following({
    enter: ({ messageId }) => {
      const before = counts.get(messageId) ?? 0;
      counts.set(messageId, before + 1);
      return () => void (before === 0 ? counts.delete(messageId) : counts.set(messageId, before));
    },
    made: () => counts,
  });
};

const countsOf = counted();

/** The ids of all events in the log, and how many events have each. Valid until the call with the next log. */
export const messageIds = ({ log }: Pick<Observation, 'log'>): ReadonlyMap<string, number> => countsOf(log);

/** What was last seen of a system stands in it, hidden, and in no weak map: so it dies with the life, see `last.ts`. */
const LAST_SEEN = Symbol('last seen');

interface Watched<Command> {
  [LAST_SEEN]?: { readonly history: History<Command>; readonly seen: Promise<Observation> };
}

/**
 * Observes once for each system and history, whatever the number of invariants that ask: they are all
 * checked at one moment, and reading the whole log back is most of what a check costs. A frozen system is read each time.
 */
export const observeOnce =
  <System extends object, Command>(observe: Observe<System, Command>): Observe<System, Command> =>
  (system, history) => {
    const watched = system as System & Watched<Command>; // only this module knows the symbol
    const known = watched[LAST_SEEN];
    if (known?.history === history) return known.seen;
    const seen = Promise.resolve(observe(system, history));
    if (Object.isExtensible(system))
      Object.defineProperty(system, LAST_SEEN, { value: { history, seen }, configurable: true });
    return seen;
  };
