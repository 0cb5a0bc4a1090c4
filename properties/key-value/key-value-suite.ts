/** A whole suite for a store of keys and values, from three functions: what the author of a package has at hand. */
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import { onSimulatedDisk } from '../../sim/guard/on-simulated-disk.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../../sim/suite/suite.js';
import { describeKeyValue, type KeyValueCommand, keyValueCommands } from './commands.js';
import { keyValueInvariants } from './invariants.js';

/**
 * The entries of a store: a Map, an object, or pairs of a key and a value in any iterable. A value of undefined or null is no
 * entry. A pair is no tuple by type: TypeScript makes a list of what `keys.map((key) => [key, value])` returns.
 */
export type Entries =
  | Iterable<readonly unknown[]>
  | AsyncIterable<readonly unknown[]>
  | Readonly<Record<string, unknown>>;

type Kept =
  | 'prepare'
  | 'settle'
  | 'disk'
  | 'sectorBytes'
  | 'faults'
  | 'reads'
  | 'locale'
  | 'limits'
  | 'expected';

/** What {@link keyValueSuite} needs, and the parts of a suite that it passes on. */
export interface KeyValueDefinition<Store>
  extends Pick<SuiteDefinition<NoInfer<Store>, KeyValueCommand>, Kept> {
  readonly name: string;
  /** Opens the store, as a restart does. Inside it `node:fs` is the simulated disk. */
  readonly open: (env: SimulatedEnvironment) => Promise<Store> | Store;
  /** Resolves when the value is set: acknowledged. */
  readonly set: (store: Store, key: string, value: string) => unknown;
  /** Resolves when the key is gone. Absent: no key is deleted. */
  readonly delete?: (store: Store, key: string) => unknown;
  /** What the store holds now, read as its users read it. `keys` are all that there may be. */
  readonly all: (store: Store, keys: readonly string[]) => Promise<Entries> | Entries;
  /** Closes the store in good order. Random runs sometimes end a life this way. */
  readonly close?: (store: Store) => unknown;
  /** The keys of the commands. Default: 'a' and 'b'. */
  readonly keys?: readonly string[];
  /** Characters of each value. Default: 700: more than a sector, so that half of a value can be lost. */
  readonly valueLength?: number;
}

const KEYS = ['a', 'b'];
const VALUE_LENGTH = 700;

const isPairs = (found: Entries): found is Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]> =>
  Symbol.iterator in found || Symbol.asyncIterator in found;

const entriesOf = async (found: Entries): Promise<ReadonlyMap<string, unknown>> => {
  const entries = new Map<string, unknown>();
  for await (const [key, value] of isPairs(found) ? found : Object.entries(found))
    if (value !== undefined && value !== null) entries.set(String(key), value);
  return entries;
};

/**
 * Makes the suite of a store of keys and values. It checks that acknowledged values survive a crash (`durability`), that no value
 * is there that was never set (`no-invention`), that the store can be read (`readable`), and that it opens again (the
 * built-in `recovers`).
 *
 * @example
 * ```ts title="values.suite.ts"
 * import { readFileSync, writeFileSync } from 'node:fs';
 * import { keyValueSuite } from 'powercut/node-fs';
 *
 * const FILE = '/settings.json';
 *
 * export default keyValueSuite({
 *   name: 'values in a file',
 *   open: () => {
 *     writeFileSync(FILE, '', { flag: 'a' });
 *     return JSON.parse(readFileSync(FILE, 'utf8') || '{}') as Record<string, string>;
 *   },
 *   set: (settings, key, value) => {
 *     settings[key] = value;
 *     writeFileSync(FILE, JSON.stringify(settings));
 *   },
 *   all: (settings) => settings,
 *   expected: 'unsafe', // nothing is synced, and the file is written in place
 * });
 * ```
 * @throws SimulatorError as `defineSuite` does
 */
export const keyValueSuite = <Store>(definition: KeyValueDefinition<Store>): Suite => {
  const {
    prepare,
    open,
    set,
    delete: remove,
    all,
    close,
    keys = KEYS,
    valueLength = VALUE_LENGTH,
    ...parts
  } = definition;
  return defineSuite<Store, KeyValueCommand>({
    ...parts,
    ...(prepare === undefined ? {} : { prepare: onSimulatedDisk(prepare) }),
    boot: onSimulatedDisk(open) as SuiteDefinition<Store, KeyValueCommand>['boot'], // the same, its types open
    commands: keyValueCommands(keys, valueLength, remove !== undefined),
    perform: async (store, command) => {
      if (command.type === 'set') await set(store, command.key, command.value);
      else await remove?.(store, command.key);
    },
    ...(close === undefined ? {} : { shutdown: async (store: Store) => void (await close(store)) }),
    invariants: keyValueInvariants(async (store: Store) => entriesOf(await all(store, keys))),
    describe: describeKeyValue,
  });
};
