/** What must hold of a store of keys and values: by what a client knows of its commands, and what the store returns. */
import type { History, Invariant } from '../../sim/suite/suite.js';
import { thrownText } from '../../sim/util/errors.js';
import { type KeyValueCommand, possibleValues, valueName } from './commands.js';

/** What the store holds. Rejects where it can't be read. */
export type ReadAll<Store> = (store: Store) => Promise<ReadonlyMap<string, unknown>>;

type Known = History<KeyValueCommand>;

const isUnderWay = ({ commands }: Known): boolean =>
  commands.some(({ outcome }) => outcome.status === 'acknowledged');

const valuesOf = ({ commands }: Known, key: string): ReadonlySet<unknown> =>
  new Set(
    commands.flatMap(({ command }) => (command.type === 'set' && command.key === key ? [command.value] : [])),
  );

const shown = (value: unknown, isKnown: boolean): string => {
  if (value === undefined) return 'there is none';
  if (isKnown) return `there is ${valueName(String(value))}`;
  return typeof value === 'string'
    ? `there are ${value.length} characters that were never set`
    : `there is ${typeof value === 'object' ? 'an object' : String(value)}, which was never set`;
};

/** What a key must hold, in words: the last acknowledged command. */
const acknowledgedOf = ({ commands }: Known, key: string): string | undefined => {
  const last = commands.findLast(
    ({ command, outcome }) => command.key === key && outcome.status === 'acknowledged',
  );
  if (last === undefined) return undefined;
  return last.command.type === 'set'
    ? `${valueName(last.command.value)} was acknowledged`
    : 'its deletion was acknowledged';
};

const isDurable = (history: Known, entries: ReadonlyMap<string, unknown>): string | undefined => {
  for (const key of new Set(history.commands.map(({ command }) => command.key))) {
    const acknowledged = acknowledgedOf(history, key);
    const value = entries.get(key);
    if (acknowledged === undefined || possibleValues(history.commands, key).some((one) => one === value))
      continue;
    return `${key}: ${acknowledged}, and ${shown(value, valuesOf(history, key).has(value))}`;
  }
  return undefined;
};

const isInvented = (history: Known, entries: ReadonlyMap<string, unknown>): string | undefined => {
  for (const [key, value] of entries)
    if (!valuesOf(history, key).has(value)) return `${key}: ${shown(value, false)}`;
  return undefined;
};

/** Checks a rule of all that the store holds. Where that can't be read, `readable` says so, and no other rule. */
const onEntries =
  <Store>(readAll: ReadAll<Store>, rule: typeof isDurable): Invariant<Store, KeyValueCommand>['check'] =>
  async (history, store) => {
    const entries = await readAll(store).catch(() => undefined);
    return entries === undefined ? undefined : rule(history, entries);
  };

/** The invariants of a key-value suite. That the store opens again is a built-in rule. */
export const keyValueInvariants = <Store>(
  readAll: ReadAll<Store>,
): readonly Invariant<Store, KeyValueCommand>[] => [
  {
    name: 'durability',
    statement: 'Each key has the value of its last acknowledged command, or of a later one.',
    check: onEntries(readAll, isDurable),
    atStake: isUnderWay,
  },
  {
    name: 'no-invention',
    statement: 'Each value is one that was set for its key.',
    check: onEntries(readAll, isInvented),
    atStake: ({ commands }) => commands.length > 0,
  },
  {
    name: 'readable',
    statement: 'The store can be read.',
    check: async (_history, store) => {
      try {
        await readAll(store);
        return undefined;
      } catch (error) {
        return `reading it failed: ${thrownText(error)}`;
      }
    },
    atStake: ({ commands }) => commands.length > 0,
  },
];
