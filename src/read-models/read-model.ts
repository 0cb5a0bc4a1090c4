/**
 * A read model: a projection, the state it has come to, and the position of the last event in it. A position is
 * never stored apart from its state, so that neither can get ahead of the other, and an event at or before it is
 * known to be in the state already: delivering events twice does no harm.
 */
import type { FileSystem } from '../environment.js';
import {
  BEGINNING,
  globalPosition,
  type Json,
  type RecordedEvent,
  type Resume,
} from '../event-store/event.js';
import { placeOf } from '../event-store/position.js';
import type { Projection } from './projection.js';
import { openStateFile } from './state-file.js';

/** 'volatile': the state dies with the program, and has to be folded anew from {@link BEGINNING} by the next. */
export type ReadModelStorage =
  | { readonly durability: 'volatile' }
  /** Kept in a state file of the projection's name in `directory`, which must exist, durably. */
  | { readonly durability: 'durable'; readonly fs: FileSystem; readonly directory: string };

/** What is stored is not this projection's. */
export class ReadModelMalformedError extends Error {
  override readonly name = 'ReadModelMalformedError';
  readonly code = 'READ_MODEL_MALFORMED';
  constructor(name: string, found: Json) {
    const text = JSON.stringify(found).slice(0, 100);
    super(
      `the state file of read model ${name} holds something else: ${text}. Remove it to build the model anew.`,
    );
  }
}

export interface ReadModel<State extends Json> {
  readonly name: string;
  readonly projection: Projection<State>;
  readonly durability: ReadModelStorage['durability'];
  readonly state: State;
  /** The last event in the state. Delivery may resume after it. */
  readonly position: Resume;
  /** How often this life made the state durable. */
  readonly saves: number;
  /** Takes in the next event. Returns false for one that the state includes already. */
  apply(event: RecordedEvent): boolean;
  /** Notes that nothing up to `position` is missing: what was not delivered was not for this model. Saves nothing. */
  advance(position: Resume): void;
  /**
   * Makes the state durable, with its position: two calls to the disk; none when it is volatile, or saved already.
   */
  flush(): Promise<void>;
  /**
   * Puts another state in place of this one at once: readers see the one or the other. Made durable by `flush`.
   * A `projection` of the same name, if given, takes over for the events that follow.
   */
  replace(state: State, position: Resume, projection?: Projection<State>): void;
  close(): Promise<void>;
}

/** Opens a read model: two reads if it is durable. @throws ReadModelMalformedError @throws StateFileCorruptError */
export const openReadModel = async <State extends Json>(
  initialProjection: Projection<State>,
  storage: ReadModelStorage,
): Promise<ReadModel<State>> => {
  let projection = initialProjection;
  const { name } = projection;
  const file =
    storage.durability === 'durable' ? await openStateFile(storage.fs, storage.directory, name) : undefined;
  let { state, position } = load(projection, file?.initial);
  /** Counts changes of the state; `saved` is the count that is durable. */
  let changes = 0;
  let saved = 0;
  let saves = 0;
  let flushing: Promise<unknown> = Promise.resolve();
  const save = async (): Promise<void> => {
    if (file === undefined || saved === changes) return;
    const saving = changes;
    await file.save(stored(projection, state, position));
    saved = saving;
    saves++;
  };
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
    apply: (event) => {
      if (placeOf(event.metadata.globalPosition) <= placeOf(position)) return false;
      state = projection.evolve(state, event);
      position = event.metadata.globalPosition;
      changes++;
      return true;
    },
    advance: (to) => {
      if (placeOf(to) > placeOf(position)) position = to;
    },
    flush: () => {
      const flushed = flushing.then(save);
      flushing = flushed.catch(() => {}); // told to whoever asked; the next one tries again
      return flushed;
    },
    replace: (other, at, by = projection) => {
      if (by.name !== name) throw new RangeError(`read model ${name} can't become ${by.name}`);
      projection = by;
      state = other;
      position = at;
      changes++;
    },
    close: async () => file?.close(),
  };
};

const stored = <State extends Json>(projection: Projection<State>, state: State, position: Resume): Json => ({
  projection: projection.name,
  revision: projection.revision ?? 1,
  position: position === BEGINNING ? BEGINNING : Number(position),
  state,
});

const load = <State extends Json>(
  projection: Projection<State>,
  found: Json | undefined,
): { readonly state: State; readonly position: Resume } => {
  const beginning = { state: projection.initial, position: BEGINNING } as const;
  if (found === undefined) return beginning;
  if (!isStored(found) || found.projection !== projection.name)
    throw new ReadModelMalformedError(projection.name, found);
  if (found.revision !== (projection.revision ?? 1)) return beginning;
  // Written by this revision of the projection, under a checksum: its state is the projection's.
  const state = found.state as State;
  return { state, position: found.position === BEGINNING ? BEGINNING : globalPosition(found.position) };
};

interface Stored {
  readonly projection: string;
  readonly revision: number;
  readonly position: number | typeof BEGINNING;
  readonly state: Json;
}

const isStored = (value: unknown): value is Stored => {
  if (typeof value !== 'object' || value === null) return false;
  const { projection, revision, position, state } = value as Partial<Stored>; // a look at the fields, each checked below
  return (
    typeof projection === 'string' &&
    Number.isSafeInteger(revision) &&
    (position === BEGINNING || (Number.isSafeInteger(position) && Number(position) >= 1)) &&
    state !== undefined
  );
};
