import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { replay } from '../replay/replay.js';
import type { Attempted, History, SimulatedEnvironment, Suite } from './suite.js';

const circular: { self?: unknown } = {};
circular.self = circular;

class Money {
  readonly cents = 1;
}

/** What is no JSON, and how it is called. */
const NOT_JSON: readonly (readonly [string, unknown, string])[] = [
  ['a date', new Date(0), 'a Date'],
  ['NaN', Number.NaN, 'NaN'],
  ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
  ['a map', new Map(), 'a Map'],
  ['a class', new Money(), 'a Money'],
  ['a function', () => 1, 'a function'],
  ['a symbol', Symbol('x'), 'a symbol'],
  ['undefined within', { note: undefined }, 'there is undefined at'],
  ['a hole in a list', new Array(1), 'there is undefined at'],
  ['bytes', Buffer.from('x'), 'a Buffer'],
  ['a cycle', circular, 'it is nested deeper than 500 levels, or contains itself'],
];

const BIGINT = ['a bigint', 1n, 'a bigint'] as const;

/** Parts as plain JavaScript may give them. */
const suiteOf = (parts: Readonly<Record<string, unknown>>): Suite =>
  defineSuite({
    name: 'mistaken',
    boot: (env: SimulatedEnvironment) => env,
    commands: fc.constant([null]),
    perform: () => undefined,
    invariants: [{ name: 'kept', statement: 'It is kept.', check: () => undefined }],
    ...parts,
  } as unknown as Suite);

const exploring = (parts: Readonly<Record<string, unknown>>) =>
  exploreSuite(suiteOf(parts), { ...DEFAULT_OPTIONS, workloads: 1, runs: 4 });

const checking = (check: unknown) => ({ invariants: [{ name: 'kept', statement: 'It is kept.', check }] });

describe('exploreSuite: a mistake in a suite ends its exploration with an error that names suite, line and part', () => {
  const returned = "has an invariant 'kept' whose check returned";
  const thrower = (): never => {
    throw new Error('a mistake');
  };

  it.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    ['a check that returns false', checking(() => false), 'CHECK_RETURNED_NON_STRING', `${returned} false`],
    ['a check that returns true', checking(() => true), 'CHECK_RETURNED_NON_STRING', `${returned} true`],
    [
      'a check that returns null',
      checking(async () => null),
      'CHECK_RETURNED_NON_STRING',
      `${returned} null`,
    ],
    ['a check that returns 0', checking(() => 0), 'CHECK_RETURNED_NON_STRING', `${returned} 0`],
    [
      'a check that resolves to an object',
      checking(async () => ({ ok: true })),
      'CHECK_RETURNED_NON_STRING',
      returned,
    ],
    [
      'a check that shows one state only',
      checking(() => ({ message: 'wrong', expected: 1 })),
      'CHECK_RETURNED_NON_STRING',
      returned,
    ],
    ['a check that returns a list', checking(() => []), 'CHECK_RETURNED_NON_STRING', `${returned} a list`],
    [
      'commands that generate a text',
      { commands: fc.constant('add') },
      'COMMANDS_NOT_A_LIST',
      'generated string',
    ],
    ['commands that generate null', { commands: fc.constant(null) }, 'COMMANDS_NOT_A_LIST', 'generated null'],
    [
      'commands that generate a stream',
      { commands: fc.infiniteStream(fc.constant(null)) },
      'COMMANDS_NOT_A_LIST',
      'generated object',
    ],
    ...[...NOT_JSON, BIGINT].map(
      ([what, value, name]) =>
        [`a command that holds ${what}`, { commands: fc.constant([value]) }, 'COMMAND_NOT_JSON', name] as [
          string,
          Readonly<Record<string, unknown>>,
          string,
          string,
        ],
    ),
    ...NOT_JSON.map(
      ([what, value, name]) =>
        [`a result that holds ${what}`, { perform: () => value }, 'RESULT_NOT_JSON', name] as [
          string,
          Readonly<Record<string, unknown>>,
          string,
          string,
        ],
    ),
    ...[...NOT_JSON, BIGINT].map(
      ([what, value, name]) =>
        [
          `an effect that holds ${what}`,
          { perform: (env: { outside: (effect: unknown) => void }) => env.outside(value) },
          'EFFECT_NOT_JSON',
          name,
        ] as [string, Readonly<Record<string, unknown>>, string, string],
    ),
    ...[...NOT_JSON, BIGINT, ['undefined', undefined, 'undefined'] as const].map(
      ([what, value, name]) =>
        [`an observation that holds ${what}`, { observe: () => value }, 'OBSERVED_NOT_JSON', name] as [
          string,
          Readonly<Record<string, unknown>>,
          string,
          string,
        ],
    ),
    [
      'a boot that returns nothing',
      { boot: async () => undefined },
      'BOOT_RETURNED_NOTHING',
      "'boot' that returned",
    ],
    [
      'a description that throws',
      { describe: thrower },
      'SUITE_PART_FAILED',
      "'describe' that threw Error: a mistake",
    ],
    [
      'a description that is a number',
      { describe: () => 7 },
      'SUITE_PART_FAILED',
      "'describe' that returned 7",
    ],
    ['costs that throw', { costs: thrower }, 'SUITE_PART_FAILED', "'costs' that threw"],
    [
      'a cost that is no number',
      { costs: () => ({ reads: '7' }) },
      'SUITE_PART_FAILED',
      "returned 7 for 'reads'",
    ],
    [
      'costs that are none',
      { costs: () => undefined },
      'SUITE_PART_FAILED',
      "'costs' that returned undefined",
    ],
    [
      'a goal that throws',
      { mustReach: [{ name: 'sold', reached: thrower }] },
      'SUITE_PART_FAILED',
      "reached of 'sold'",
    ],
  ])('%s', async (_what, parts, code, message) => {
    const error: unknown = await exploring(parts).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^Suite 'mistaken' \(.*suite-answers\.test\.ts:\d+\) has|^Suite 'mistaken' \(.*\) generated/,
      ),
    });
  });

  it('also where the program catches the error of its effect', async () => {
    const perform = ({ outside }: SimulatedEnvironment): void => {
      try {
        outside(new Date(0) as unknown as string);
      } catch {
        // A program that swallows errors.
      }
    };
    await expect(exploring({ perform })).rejects.toMatchObject({ code: 'EFFECT_NOT_JSON' });
  });
});

describe('exploreSuite: no mistake', () => {
  it.each([
    ['a result that is undefined', { perform: async () => undefined }],
    ['a result with bigints, as strings', { perform: () => ({ position: 1n }) }],
    ['a result that is -0', { perform: () => -0 }],
    ['a result without a prototype', { perform: () => Object.create(null) }],
    ['an observation of null', { observe: () => null }],
  ])('%s', async (_what, parts) => {
    expect(await exploring(parts)).toMatchObject({ verdict: 'holds', notes: [] });
  });

  it('an observation that fails is noted: nobody was shown anything', async () => {
    const observe = (): never => {
      throw new Error('out of order');
    };
    expect(await exploring({ observe })).toMatchObject({
      verdict: 'holds',
      notes: [{ code: 'OBSERVE_FAILED' }],
    });
  });

  it('a check whose sentence is megabytes long breaks its invariant with the beginning of it', async () => {
    const [violation] = (await exploring(checking(() => 'x'.repeat(5_000_000)))).violations;
    expect(violation?.message).toBe(`${'x'.repeat(2_000)}…`);
  });

  it('a check that throws, or whose sentence is empty, breaks its invariant', async () => {
    const thrown = checking(() => {
      throw null;
    });
    expect((await exploring(thrown)).violations).toMatchObject([{ message: 'The check failed: null' }]);
    expect((await exploring(checking(() => ''))).violations).toMatchObject([
      { message: 'The check returned an empty sentence.' },
    ]);
  });
});

describe('exploreSuite: a program that changes what it is given', () => {
  const commands = fc.array(fc.record({ tags: fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  const spoiling = (_system: unknown, command: { tags: string[] }): void => {
    command.tags.push('default');
  };

  it('changes neither what was sent, nor what is sent again', async () => {
    const check = ({ commands: sent }: { commands: readonly { command: { tags: string[] } }[] }) => {
      const odd = sent.find(({ command }) => command.tags.includes('default'));
      return odd && 'a command is not as it was sent';
    };
    expect(await exploring({ commands, perform: spoiling, ...checking(check) })).toMatchObject({
      verdict: 'holds',
    });
  });

  it('leaves failures to be shrunk and replayed as if it had not', async () => {
    const failing = (perform: unknown) => ({
      commands,
      perform,
      ...checking((history: { commands: readonly unknown[] }) =>
        history.commands.length > 1 ? 'two commands' : undefined,
      ),
    });
    const [changed, left] = [await exploring(failing(spoiling)), await exploring(failing(() => undefined))];
    expect(changed.violations[0]).toMatchObject({
      commands: 2,
      story: expect.not.stringContaining('BEWARE'),
    });
    expect(changed.violations[0]?.token).toBe(left.violations[0]?.token);
    const again = await replay(changed.violations[0]?.token ?? '', [suiteOf(failing(spoiling))]);
    expect(again).toMatchObject({ same: true, violated: [{ invariant: 'kept' }] });
  });

  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'NaN'],
    ['undefined', undefined, 'undefined'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a map', new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    ['a cycle', circular, '<ref *1> { self: [Circular *1] }'],
    [
      'a member that throws',
      {
        get left() {
          throw new Error('a mistake');
        },
        at: new Date(0),
      },
      '{ left: [Getter], at: 1970-01-01T00:00:00.000Z }',
    ],
  ])(
    'a state that is not JSON is shown as text, and the violation stays: %s',
    async (_what, actual, text) => {
      const { verdict, violations } = await exploring(
        checking(() => ({ message: 'gone', expected: 1, actual })),
      );
      expect(verdict).toBe('violated');
      expect(violations[0]).toMatchObject({ message: 'gone', expected: 1, actual: text });
    },
  );

  it('a check may show the expected and the actual state, and the digest is that of the message alone', async () => {
    const state = { left: [1] };
    const both = await exploring(checking(() => ({ message: 'gone', expected: state, actual: null })));
    expect(both.violations[0]).toMatchObject({ message: 'gone', expected: { left: [1] }, actual: null });
    const plain = await exploring(checking(() => 'gone'));
    expect(plain.violations[0]).not.toHaveProperty('expected');
    expect(plain.digest).toBe(both.digest);
    const suite = suiteOf(checking(() => ({ message: 'gone', expected: state, actual: null })));
    const { violated } = await replay(both.violations[0]?.token ?? '', [suite]);
    expect(violated).toMatchObject([{ message: 'gone', expected: { left: [1] }, actual: null }]);
  });

  it('a state that a check shows is kept as the beginning of its JSON where it is long', async () => {
    const long = 'x'.repeat(100_000);
    const { violations } = await exploring(
      checking(() => ({ message: 'gone', expected: long, actual: 'short' })),
    );
    expect(String(violations[0]?.expected)).toMatch(/^"x{19999}…$/);
    expect(violations[0]?.actual).toBe('short');
  });

  it('is told where a check does: what was sent is for nobody to change', async () => {
    const check = ({ commands: sent }: { commands: readonly { command: { tags: string[] } }[] }) => {
      sent[0]?.command.tags.push('checked');
      return undefined;
    };
    const { violations } = await exploring({ commands: fc.constant([{ tags: [] }]), ...checking(check) });
    expect(violations).toMatchObject([{ message: expect.stringContaining('not extensible') }]);
  });

  it.each<[string, (history: History<unknown>) => unknown]>([
    ['a result', ({ commands: [first] }) => Object.assign(Object(first?.outcome), { result: 'another' })],
    ['what is in a result', ({ commands: [first] }) => Object.assign(Object(resultOf(first)), { at: 2 })],
    ['an effect', ({ effects: [first] }) => Object.assign(Object(first), { told: 2 })],
    ['what was observed', ({ observed }) => Object.assign(Object(observed), { seen: 2 })],
  ])('is told where a check changes %s', async (_what, change) => {
    const parts = { ...telling, ...checking((history: History<unknown>) => void change(history)) };
    const { violations } = await exploring(parts);
    expect(violations).toMatchObject([{ message: expect.stringMatching(/read only|not extensible/) }]);
  });

  it('lets a check sort and cut the lists of the history, which are its own', async () => {
    const seen: number[][] = [];
    const spoilt = ({ commands: sent, effects, effectCounts }: History<unknown>): undefined => {
      seen.push([sent.length, effects.length, effectCounts.length]);
      for (const list of [sent, effects, effectCounts] as unknown[][]) list.reverse().length = 0;
      return undefined;
    };
    const twice = ['one', 'another'].map((name) => ({ name, statement: 'It is kept.', check: spoilt }));
    expect(await exploring({ ...telling, invariants: twice })).toMatchObject({ verdict: 'holds' });
    expect(seen.length).toBeGreaterThan(2);
    for (let index = 0; index < seen.length; index += 2) expect(seen[index]).toEqual(seen[index + 1]);
  });
});

const resultOf = (entry: Attempted<unknown> | undefined): unknown =>
  entry?.outcome.status === 'acknowledged' ? entry.outcome.result : undefined;

/** A program that shows the outside world something in every way. */
const telling = {
  boot: (env: SimulatedEnvironment) => env,
  perform: async ({ fs, outside }: SimulatedEnvironment) => {
    await fs.writeFile('/told', '1');
    outside({ told: 1 });
    return { at: 1 };
  },
  observe: () => ({ seen: 1 }),
};
