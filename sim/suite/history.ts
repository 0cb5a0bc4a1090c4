/**
 * What the outside world knows, as it grows: plain immutable states, each made from the one before by an event.
 * The explorer's key holds a hash of it, kept up to date by what the event changes and nothing else.
 */

import { Hash, scramble } from '../util/hash.js';
import { frozen } from './assert-json.js';
import type { Attempted, History, Json, Outcome } from './suite.js';

export type HistoryEvent =
  | { readonly kind: 'sent'; readonly index: number; readonly command: Json }
  | { readonly kind: 'ended'; readonly index: number; readonly outcome: Outcome<Json> }
  | { readonly kind: 'effect'; readonly effect: Json }
  | { readonly kind: 'seen'; readonly seen: Seen }
  | { readonly kind: 'crashed' };

interface Lanes {
  readonly hash1: number;
  readonly hash2: number;
}

/** Something the outside world saw, with what is made of it once: it may be as long as a log. */
export interface Seen extends Lanes {
  readonly observed: Json;
  readonly identity: string;
}

/**
 * A history with its running hash. The hash is a sum over items, so a replaced outcome is taken out again.
 *
 * Derived facts of an item are kept beside it, and not in a weak map, which takes V8 several times as long to collect.
 */
export interface HistoryState extends History<Json, Json, Json, Json>, Lanes {
  /** The identity of each effect, by index into `effects`. */
  readonly effectIdentities: readonly string[];
  /** What `observed` is known by. */
  readonly seen: Seen | undefined;
}

export const EMPTY_HISTORY: HistoryState = {
  commands: [],
  effects: [],
  effectCounts: [],
  effectIdentities: [],
  observed: undefined,
  seen: undefined,
  crashes: 0,
  hash1: 0,
  hash2: 0,
};

/** The identity of a JSON value: equal for values that print alike. Key order counts, as programs write it. */
export const jsonIdentity = (value: Json | undefined): string => JSON.stringify(value) ?? 'undefined';

const itemHash = (item: string): Lanes => {
  const hash = new Hash().text(item);
  return { hash1: scramble(hash.lane1), hash2: scramble(hash.lane2) };
};

const hashOfCommand = ({ index, outcome }: Pick<Attempted<Json, Json>, 'index' | 'outcome'>): Lanes =>
  itemHash(`command ${index} ${jsonIdentity(outcome as unknown as Json)}`); // an outcome is plain JSON data

/** What the outside world saw, by its identity: as JSON of its own, so that what the program does to it later was not seen. */
export const seenOf = (identity: string): Seen => ({
  observed: frozen(JSON.parse(identity) as Json), // it was just printed from JSON
  identity,
  ...itemHash(`seen ${identity}`),
});

const NOTHING: Lanes = { hash1: 0, hash2: 0 };

const rehashed = (state: Lanes, removed: Lanes, added: Lanes): Lanes => ({
  hash1: (state.hash1 + added.hash1 - removed.hash1) | 0,
  hash2: (state.hash2 + added.hash2 - removed.hash2) | 0,
});

const UNKNOWN: Outcome<Json> = Object.freeze({ status: 'unknown' });

/** Where the command of a place in the workload stands; -1 where it was never sent. A lone client sends them in order. */
export const indexOfCommand = (commands: History<unknown>['commands'], index: number): number =>
  commands[index]?.index === index ? index : commands.findIndex((entry) => entry.index === index);

const sent = (state: HistoryState, index: number, command: Json): HistoryState => {
  const at = indexOfCommand(state.commands, index);
  const before = state.commands[at];
  if (before !== undefined) {
    // A retry: what is known stays as it is, only the count of attempts grows.
    const again = Object.freeze({ ...before, attempts: before.attempts + 1 });
    return { ...state, commands: state.commands.with(at, again) };
  }
  const attempted: Attempted<Json, Json> = Object.freeze({ index, command, outcome: UNKNOWN, attempts: 1 });
  return {
    ...state,
    commands: [...state.commands, attempted],
    ...rehashed(state, NOTHING, hashOfCommand(attempted)),
  };
};

const ended = (state: HistoryState, index: number, outcome: Outcome<Json>): HistoryState => {
  const at = indexOfCommand(state.commands, index);
  const before = state.commands[at];
  if (before === undefined) return state;
  const after = Object.freeze({ ...before, outcome: frozen(outcome) });
  return {
    ...state,
    commands: state.commands.with(at, after),
    ...rehashed(state, hashOfCommand(before), hashOfCommand(after)),
  };
};

const affected = (state: HistoryState, effect: Json): HistoryState => {
  const identity = jsonIdentity(effect);
  const at = state.effectIdentities.indexOf(identity);
  const count = state.effectCounts[at];
  // A repeated effect changes only its count, which is no part of the key: a crash loop can be closed.
  if (count !== undefined) return { ...state, effectCounts: state.effectCounts.with(at, count + 1) };
  return {
    ...state,
    effects: [...state.effects, frozen(effect)],
    effectCounts: [...state.effectCounts, 1],
    effectIdentities: [...state.effectIdentities, identity],
    ...rehashed(state, NOTHING, itemHash(`effect ${state.effects.length} ${identity}`)),
  };
};

/** The state after `event`. */
export const advance = (state: HistoryState, event: HistoryEvent): HistoryState => {
  switch (event.kind) {
    case 'sent':
      return sent(state, event.index, event.command);
    case 'ended':
      return ended(state, event.index, event.outcome);
    case 'effect':
      return affected(state, event.effect);
    case 'seen': {
      const { seen } = event;
      return { ...state, observed: seen.observed, seen, ...rehashed(state, state.seen ?? NOTHING, seen) };
    }
    case 'crashed':
      return { ...state, crashes: state.crashes + 1 };
    default:
      return event satisfies never;
  }
};

/** Equal for histories between which no program and no invariant can tell, but for counts. */
export const historyKey = (state: HistoryState): string =>
  (state.hash1 >>> 0).toString(16) + (state.hash2 >>> 0).toString(16).padStart(8, '0');

/** A history as a check is given it: it may sort and cut the lists, which are its own, and can't change what they hold. */
export const historyForCheck = (history: HistoryState): HistoryState => ({
  ...history,
  commands: [...history.commands],
  effects: [...history.effects],
  effectCounts: [...history.effectCounts],
});

/** One that comes from another process, where nothing of it is frozen any more. */
export const frozenHistory = (history: HistoryState): HistoryState => {
  const { commands, effects, seen } = history;
  return {
    ...history,
    commands: frozen(commands),
    effects: frozen(effects),
    seen: frozen(seen),
    observed: frozen(history.observed),
  };
};
