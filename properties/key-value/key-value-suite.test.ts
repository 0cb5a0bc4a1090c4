import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Attempted, Suite } from '../../sim/suite/suite.js';
import { type KeyValueCommand, keyValueCommands } from './commands.js';
import { keyValueInvariants } from './invariants.js';
import { type KeyValueDefinition, keyValueSuite } from './key-value-suite.js';

const FILE = '/store.json';

type Values = Record<string, string>;

const synced = (path: string, flags: string, act: (fd: number) => void): void => {
  const fd = openSync(path, flags);
  act(fd);
  fsyncSync(fd);
  closeSync(fd);
};

const saveWell = (values: Values): void => {
  synced(`${FILE}.new`, 'w', (fd) => void writeSync(fd, JSON.stringify(values)));
  renameSync(`${FILE}.new`, FILE);
  synced('/', 'r', () => undefined);
};

const saveInPlace = (values: Values): void => writeFileSync(FILE, JSON.stringify(values));

const suiteOf = (save: (values: Values) => void, changes: Partial<KeyValueDefinition<Values>> = {}): Suite =>
  keyValueSuite<Values>({
    name: 'values in a file',
    open: () => (existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Values) : {}), // as it was written
    set: (values, key, value) => {
      values[key] = value;
      save(values);
    },
    delete: (values, key) => {
      delete values[key];
      save(values);
    },
    all: (values) => values,
    ...changes,
  });

const explore = (suite: Suite): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, workloads: 2, runs: 2, depth: 1 });

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

describe('keyValueSuite', () => {
  it('holds for a store that syncs the file and its directory', async () => {
    const result = await explore(suiteOf(saveWell, { close: saveWell }));
    expect({ verdict: result.verdict, broken: broken(result) }).toEqual({ verdict: 'holds', broken: [] });
  });

  it('finds lost values, and a store that does not open again, where the file is written in place', async () => {
    const result = await explore(suiteOf(saveInPlace));
    expect(broken(result)).toEqual(['durability', 'recovers']);
    const lost = result.violations.find(({ invariant }) => invariant === 'durability');
    expect(lost?.message).toBe('a: value 1 was acknowledged, and there is none');
    expect(lost?.story).toContain('The client sends: set a to value 1.');
  });

  it('prepares a disk on node:fs, too', async () => {
    const prepare = (): void => writeFileSync(FILE, '{}');
    const open = (): Values => JSON.parse(readFileSync(FILE, 'utf8')) as Values; // as it was written
    expect(broken(await explore(suiteOf(saveWell, { prepare, open })))).toEqual([]);
  });

  it('takes entries as an object, a map, pairs, or pairs that come one by one', async () => {
    const shapes: readonly KeyValueDefinition<Values>['all'][] = [
      (values) => new Map(Object.entries(values)),
      (values) => Object.entries(values),
      (values, keys) => keys.map((key): [string, unknown] => [key, values[key] ?? null]),
      async function* (values) {
        yield* Object.entries(values);
      } as KeyValueDefinition<Values>['all'],
    ];
    for (const all of shapes) expect(broken(await explore(suiteOf(saveWell, { all })))).toEqual([]);
  });
});

const attempted = (...told: readonly [KeyValueCommand, Attempted<unknown>['outcome']['status']][]) => ({
  commands: told.map(([command, status], index) => ({
    index,
    command,
    attempts: 1,
    outcome:
      status === 'acknowledged'
        ? { status, result: null }
        : status === 'rejected'
          ? { status, error: { name: 'Error', code: '', message: '' } }
          : { status },
  })),
  effects: [],
  effectCounts: [],
  observed: undefined,
  crashes: 1,
});

describe('keyValueInvariants', () => {
  const one: KeyValueCommand = { type: 'set', key: 'a', value: 'value 1 x' };
  const two: KeyValueCommand = { type: 'set', key: 'a', value: 'value 2 x' };
  const gone: KeyValueCommand = { type: 'delete', key: 'a' };
  const holding = async (
    history: ReturnType<typeof attempted>,
    read: () => Values | undefined,
  ): Promise<readonly (string | undefined)[]> => {
    const invariants = keyValueInvariants<undefined>(async () => new Map(Object.entries(read() ?? {})));
    const answers: (string | undefined)[] = [];
    for (const { check } of invariants) {
      const answer = await check(history, undefined, 'recovered');
      answers.push(typeof answer === 'string' ? answer : undefined);
    }
    return answers;
  };

  it.each<[string, ReturnType<typeof attempted>, Values, string | undefined]>([
    [
      'an older value',
      attempted([one, 'acknowledged'], [two, 'acknowledged']),
      { a: one.value },
      'a: value 2 was acknowledged, and there is value 1',
    ],
    ['nothing', attempted([one, 'acknowledged']), {}, 'a: value 1 was acknowledged, and there is none'],
    [
      'a deleted value',
      attempted([one, 'acknowledged'], [gone, 'acknowledged']),
      { a: one.value },
      'a: its deletion was acknowledged, and there is value 1',
    ],
    ['the value under way', attempted([one, 'acknowledged'], [two, 'unknown']), { a: two.value }, undefined],
    ['the value before it', attempted([one, 'acknowledged'], [two, 'unknown']), { a: one.value }, undefined],
    ['a value whose command was refused', attempted([one, 'rejected']), { a: one.value }, undefined],
    [
      'nothing, while a deletion is under way',
      attempted([one, 'acknowledged'], [gone, 'unknown']),
      {},
      undefined,
    ],
  ])('durability: %s', async (_what, history, values, message) => {
    expect(await holding(history, () => values)).toEqual([message, undefined, undefined]);
  });

  it('no-invention: half of a value, and a key that was never set', async () => {
    const [durable, invented] = await holding(attempted([one, 'unknown']), () => ({ a: 'value' }));
    expect([durable, invented]).toEqual([undefined, 'a: there are 5 characters that were never set']);
    const [, other] = await holding(attempted([one, 'acknowledged']), () => ({ a: one.value, b: one.value }));
    expect(other).toBe('b: there are 9 characters that were never set');
  });

  it('readable: a store that throws when it is read, and no other rule', async () => {
    const read = (): Values => {
      throw new TypeError('not JSON');
    };
    expect(await holding(attempted([one, 'acknowledged']), read)).toEqual([
      undefined,
      undefined,
      'reading it failed: TypeError: not JSON',
    ]);
  });
});

describe('keyValueCommands', () => {
  it('begins with a value, sets no value twice, and deletes only where the store can', () => {
    fc.assert(
      fc.property(keyValueCommands(['a', 'b'], 600, true), (commands) => {
        const values = commands.flatMap((one) => (one.type === 'set' ? [one.value] : []));
        return (
          commands[0]?.type === 'set' &&
          new Set(values).size === values.length &&
          values.every(({ length }) => length === 600)
        );
      }),
    );
    const kinds = fc.sample(keyValueCommands(['a'], 1, false), 50).flat();
    expect(kinds.every(({ type }) => type === 'set')).toBe(true);
  });
});
