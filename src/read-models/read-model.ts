/**
 * A read model: a projection, its state, and the position of the last event in the state. A position is never stored apart
 * from its state, so that neither can get ahead of the other. An event at or before it is in the state already: redelivery
 * does no harm.
 *
 * A stored state is sealed with the last event in it. So one read compares it with a log: the model
 * trusts no state that is forged or of another log, and starts over.
 */

import type { FileSystem } from '../environment.js';
import {
  type AnyEvent,
  BEGINNING,
  type Event,
  globalPosition,
  type Json,
  type RecordedEvent,
  type Resume,
} from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { numberOf, resumeAfter } from '../event-store/position.js';
import { HandlerBeyondHeadError } from '../feeder/errors.js';
import { PowercutError } from '../powercut-error.js';
import type { Projection } from './projection.js';
import { openStateFile, type StateFile } from './state-file.js';

/** 'volatile': the state dies with the program, and the next one folds it again from {@link BEGINNING}. */
export type ReadModelStorage =
  | { readonly durability: 'volatile' }
  /** Kept in a state file of the projection's name in `directory`, which must exist, durably. */
  | {
      readonly durability: 'durable';
      readonly fs: FileSystem;
      readonly directory: string;
      /** The store whose log is folded: what is stored is held against it at once. Default: a feeder does so when it starts. */
      readonly store?: EventStore;
    };

/** What is stored is not this projection's. */
export class ReadModelMalformedError extends PowercutError {
  override readonly name = 'ReadModelMalformedError';
  readonly code = 'READ_MODEL_MALFORMED';
  constructor(name: string, found: Json) {
    const text = JSON.stringify(found).slice(0, 100);
    super(
      `the state file of read model ${name} holds something else: ${text}. Remove it to rebuild the model.`,
    );
  }
}

/** The current state of a projection, with the position of the last event in it. */
export interface ReadModel<State, E extends AnyEvent = Event> {
  readonly name: string;
  readonly projection: Projection<State, E>;
  readonly durability: ReadModelStorage['durability'];
  readonly state: State;
  /** The last event in the state. Delivery may resume after it. */
  readonly position: Resume;
  /** How often this life made the state durable. */
  readonly saves: number;
  /** Why the state that was found on disk is not believed, so that the model started over; undefined: it is, or was not checked yet. */
  readonly distrusted: string | undefined;
  /**
   * Holds the state that was found on disk against the log: reads one event. Where that is not the event the state was sealed
   * with, the model starts over from {@link BEGINNING}. Returns {@link distrusted}.
   * @throws HandlerBeyondHeadError the state includes more events than the store has
   */
  check(store: EventStore): Promise<string | undefined>;
  /** Takes in the next event. Returns false for one that the state includes already. */
  apply(event: RecordedEvent<E>): boolean;
  /** Notes that nothing up to `position` is missing: what was not delivered was not for this model. Saves nothing. */
  advance(position: Resume): void;
  /**
   * Makes the state durable, with its position: two calls to the disk; none when it is volatile, or saved already.
   */
  flush(): Promise<void>;
  /**
   * Puts another state in place of this one at once: readers see the one or the other. Made durable by `flush`.
   * A `projection` of the same name, if given, takes over for the events that follow. `last`: the last event in the state.
   * Without it, or another event after it, what is saved can't be held against the log, and the next life starts over.
   */
  replace(state: State, position: Resume, projection?: Projection<State, E>, last?: RecordedEvent<E>): void;
  /** Resolves when a flush under way has ended. After that nothing is written: `flush` is refused if there is anything to save. */
  close(): Promise<void>;
}

/** Opens a read model: two reads if it is durable. @throws ReadModelMalformedError @throws StateFileCorruptError */
export const openReadModel = async <State, E extends AnyEvent = Event>(
  initialProjection: Projection<State, E>,
  storage: ReadModelStorage,
): Promise<ReadModel<State, E>> => {
  let projection = initialProjection;
  const { name } = projection;
  const file =
    storage.durability === 'durable' ? await openStateFile(storage.fs, storage.directory, name) : undefined;
  let { state, position } = load(projection, file?.initial);
  /** The last event in the state, as far as it is known. */
  let last: RecordedEvent<AnyEvent> | undefined;
  let found = foundIn(projection, file);
  let distrusted: string | undefined;
  /** Counts changes of the state; `saved` is the count that is durable. */
  let changes = 0;
  let saved = 0;
  let saves = 0;
  let flushing: Promise<unknown> = Promise.resolve();
  const save = async (): Promise<void> => {
    if (file === undefined || saved === changes) return;
    const saving = changes;
    const sealing = position === BEGINNING ? undefined : last;
    await file.save(stored(projection, state, position, sealing), witnessOf(sealing));
    saved = saving;
    saves++;
  };
  const startOver = (why: string): void => {
    state = projection.initial;
    position = BEGINNING;
    last = undefined;
    distrusted = why;
    changes++;
  };
  const check = async (store: EventStore): Promise<string | undefined> => {
    if (file === undefined || found === undefined) return distrusted;
    const { sealedWith, position: claimed } = found;
    const head = numberOf(store.head());
    if (claimed > head) throw new HandlerBeyondHeadError(name, claimed, head);
    const sealing = sealedWith === undefined ? undefined : await eventAt(store, sealedWith);
    // While it was read something else may have been put in its place.
    if (found === undefined) return distrusted;
    found = undefined;
    const why = whyNotSealed(file, sealedWith, sealing);
    if (why !== undefined) startOver(`the state file of read model ${name} is not believed: ${why}`);
    else last ??= sealing;
    return distrusted;
  };
  if (storage.durability === 'durable' && storage.store !== undefined) await check(storage.store);
  return {
    name,
    get projection() {
      return projection;
    },
    durability: storage.durability,
    get state() {
      return state;
    },
    get position() {
      return position;
    },
    get saves() {
      return saves;
    },
    get distrusted() {
      return distrusted;
    },
    check,
    apply: (event) => {
      if (numberOf(event.metadata.globalPosition) <= numberOf(position)) return false;
      state = projection.evolve(state, event);
      position = event.metadata.globalPosition;
      last = event;
      changes++;
      return true;
    },
    advance: (to) => {
      if (numberOf(to) > numberOf(position)) position = to;
    },
    flush: () => {
      const flushed = flushing.then(save);
      flushing = flushed.catch(() => {}); // its caller gets the error; the next one tries again
      return flushed;
    },
    replace: (other, at, by = projection, lastOfIt = undefined) => {
      if (by.name !== name) throw new RangeError(`read model ${name} can't become ${by.name}`);
      projection = by;
      state = other;
      position = at;
      last = lastOfIt;
      found = undefined;
      changes++;
    },
    close: async () => file?.close(),
  };
};

/** What a state is sealed with: everything that its last event says. '' where there is none, or it is not known. */
const witnessOf = (last: RecordedEvent<AnyEvent> | undefined): string => {
  if (last === undefined) return '';
  const { type, data, metadata } = last;
  const { messageId, streamName, streamPosition, globalPosition, correlationId, causationId } = metadata;
  const ids = [messageId, correlationId, causationId];
  return JSON.stringify([type, data, streamName, Number(streamPosition), numberOf(globalPosition), ...ids]);
};

/** The event at a position; undefined where the log has none there, as at 0. */
const eventAt = async (store: EventStore, position: number): Promise<RecordedEvent<AnyEvent> | undefined> => {
  if (position === 0) return undefined;
  const [event] = await store.readAll({ after: resumeAfter(position - 1), maxCount: 1 });
  return event !== undefined && numberOf(event.metadata.globalPosition) === position ? event : undefined;
};

/** What of a projection decides whether a stored state is its own: not what it makes of events. */
type Identity<State> = Omit<Projection<State>, 'evolve'>;

/** What a file claims to hold, and the position of the event it is sealed with. Undefined: nothing that is used. */
const foundIn = (
  projection: Identity<unknown>,
  file: StateFile | undefined,
): { readonly sealedWith: number | undefined; readonly position: number } | undefined => {
  const content = file?.initial;
  if (!isStored(content) || content.revision !== revisionOf(projection)) return undefined;
  const { last, position } = content;
  return position === BEGINNING ? { sealedWith: 0, position: 0 } : { sealedWith: last, position };
};

const whyNotSealed = (
  file: StateFile,
  sealedWith: number | undefined,
  sealing: RecordedEvent<AnyEvent> | undefined,
): string | undefined => {
  if (sealedWith === undefined) return 'it names no event of a log';
  if (sealing === undefined && sealedWith > 0)
    return `it ends with event ${sealedWith}, which the log does not have`;
  if (file.isInitialSealedWith(witnessOf(sealing))) return undefined;
  return `its state and position do not belong to event ${sealedWith} of the log`;
};

const revisionOf = (projection: Identity<unknown>): number => projection.revision ?? 1;

const stored = (
  projection: Identity<unknown>,
  state: unknown,
  position: Resume,
  last: RecordedEvent<AnyEvent> | undefined,
): unknown => ({
  projection: projection.name,
  revision: revisionOf(projection),
  position: position === BEGINNING ? BEGINNING : Number(position),
  ...(last !== undefined && { last: numberOf(last.metadata.globalPosition) }),
  state,
});

const load = <State>(
  projection: Identity<State>,
  found: Json | undefined,
): { readonly state: State; readonly position: Resume } => {
  const beginning = { state: projection.initial, position: BEGINNING } as const;
  if (found === undefined) return beginning;
  if (!isStored(found) || found.projection !== projection.name)
    throw new ReadModelMalformedError(projection.name, found);
  if (found.revision !== revisionOf(projection)) return beginning;
  // Before the first event there is nothing but the projection's own state.
  if (found.position === BEGINNING) return beginning;
  // Written by this revision of the projection, under a checksum: its state is the projection's.
  const state = found.state as State;
  return { state, position: globalPosition(found.position) };
};

interface Stored {
  readonly projection: string;
  readonly revision: number;
  readonly position: number | typeof BEGINNING;
  /** The position of the event it is sealed with. Absent: it is not known, or there is none. */
  readonly last?: number;
  readonly state: Json;
}

const isStored = (value: unknown): value is Stored => {
  if (typeof value !== 'object' || value === null) return false;
  const { projection, revision, position, last, state } = value as Partial<Stored>; // a look at the fields, each checked below
  return (
    typeof projection === 'string' &&
    Number.isSafeInteger(revision) &&
    (position === BEGINNING || (Number.isSafeInteger(position) && Number(position) >= 1)) &&
    (last === undefined || (Number.isSafeInteger(last) && last >= 1)) &&
    state !== undefined
  );
};
