/** What TypeScript infers of a suite: checked by `tsc`, as a wrong type fails the build and no run. */
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { History, Invariant, SimulatedEnvironment, SuiteDefinition } from '../suite/suite.js';
import { isSuite } from '../suite/suite-registry.js';
import { defineSuite } from './define-suite.js';

interface Order {
  readonly item: string;
  readonly pieces: number;
}

interface Receipt {
  readonly number: number;
}

interface Letter {
  readonly to: string;
}

interface Shop {
  place(order: Order): Promise<Receipt>;
  total(): number;
}

const order: fc.Arbitrary<Order> = fc.record({ item: fc.constant('tea'), pieces: fc.nat(3) });
const boot = (env: SimulatedEnvironment<Letter>): Shop => ({
  place: async () => {
    env.outside({ to: 'Ann' });
    return { number: 1 };
  },
  total: () => 0,
});
const commands = fc.array(order);
const perform = (shop: Shop, command: Order): Promise<Receipt> => shop.place(command);

type ShopHistory = History<Order, Receipt, Letter, number>;

/** Looks at commands only by their outcome: it knows nothing of any system. */
const someEffects: Invariant<unknown, unknown> = {
  name: 'effects',
  statement: 'No effect without a command.',
  check: ({ commands: sent, effects }) =>
    effects.length > 0 && sent.length === 0 ? 'an effect came of nothing' : undefined,
};

describe('defineSuite infers', () => {
  test('system, command, result, effect and observation, each where a suite states it first', () => {
    const suite = defineSuite({
      name: 'orders',
      boot,
      commands,
      perform,
      observe: (shop) => shop.total(),
      settle: (shop) => expectTypeOf(shop).toEqualTypeOf<Shop>(),
      invariants: [
        {
          name: 'receipts',
          statement: 'Receipts are numbered.',
          check: (history, shop) => {
            expectTypeOf(shop).toEqualTypeOf<Shop>();
            expectTypeOf(history).toEqualTypeOf<ShopHistory>();
            return undefined;
          },
          atStake: (history) => history.commands.some(({ outcome }) => outcome.status === 'acknowledged'),
        },
        someEffects,
      ],
      mustReach: [
        {
          name: 'a receipt',
          reached: ({ commands: sent }) =>
            sent.some(({ outcome }) => outcome.status === 'acknowledged' && outcome.result.number > 0),
        },
      ],
      describe: (command) => command.item,
      describeResult: (receipt) => `receipt ${receipt.number}`,
      describeEffect: (letter) => `a letter to ${letter.to}`,
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('all of it from functions that are written in place', () => {
    const suite = defineSuite({
      name: 'in place',
      boot: async (env: SimulatedEnvironment<Letter>) => ({ env, count: 1 }),
      commands: fc.array(fc.constantFrom('more', 'fewer')),
      perform: async (system, command, { index }) => ({ now: system.count + index, by: command }),
      observe: ({ count }) => ({ count }),
      invariants: [
        {
          name: 'counts',
          statement: 'It counts.',
          check: ({ commands: sent, effects, observed }, { count }) => {
            expectTypeOf(effects).toEqualTypeOf<readonly Letter[]>();
            expectTypeOf(observed).toEqualTypeOf<{ count: number } | undefined>();
            const [first] = sent;
            if (first?.outcome.status === 'acknowledged') {
              expectTypeOf(first.outcome.result).toEqualTypeOf<{ now: number; by: 'more' | 'fewer' }>();
              return first.outcome.result.now > count ? 'too many' : undefined;
            }
            return undefined;
          },
        },
      ],
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('null for a `perform` that resolves to nothing, and digits for a bigint', () => {
    const nothing = defineSuite({
      name: 'nothing',
      boot: () => 0,
      commands,
      perform: () => {},
      invariants: [
        {
          name: 'null',
          statement: 'A result is null.',
          check: ({ commands: [first] }) => {
            if (first?.outcome.status === 'acknowledged')
              expectTypeOf(first.outcome.result).toEqualTypeOf<null>();
            return undefined;
          },
        },
      ],
    });
    const digits = defineSuite({
      name: 'digits',
      boot: () => 0,
      commands,
      perform: () => 1n,
      describeResult: (text) => text.padStart(3, '0'),
      invariants: [],
    });
    expect([nothing, digits].every(isSuite)).toBe(true);
  });

  test('an answer that is not null for `describeResult`, which no other is told by', () => {
    const suite = defineSuite({
      name: 'sometimes',
      boot: () => 0,
      commands,
      perform: (): Receipt | null => null,
      describeResult: ({ number }) => `receipt ${number}`,
      invariants: [],
    });
    expect(isSuite(suite)).toBe(true);
  });
});

describe('Invariant', () => {
  test('that reads no results fits every suite', () => {
    expectTypeOf(someEffects).toExtend<Invariant<Shop, Order, Receipt, Letter, number>>();
    expectTypeOf<Invariant<Shop, Order>>().toExtend<Invariant<Shop, Order, Receipt, Letter, number>>();
  });

  test('of another system, other commands or other results is refused', () => {
    expectTypeOf<Invariant<Date, Order>>().not.toExtend<Invariant<Shop, Order>>();
    expectTypeOf<Invariant<Shop, number>>().not.toExtend<Invariant<Shop, Order>>();
    expectTypeOf<Invariant<Shop, Order, Letter>>().not.toExtend<Invariant<Shop, Order, Receipt>>();
    const parts = { name: 'orders', boot, commands, perform };
    const ofDates: Invariant<Date, Order> = { ...someEffects };
    const ofLetters: Invariant<Shop, Order, Letter> = { ...someEffects };
    // @ts-expect-error the suite's system is a Shop
    defineSuite({ ...parts, invariants: [ofDates] });
    // @ts-expect-error its results are receipts
    defineSuite({ ...parts, invariants: [ofLetters] });
    expect(isSuite(defineSuite({ ...parts, invariants: [someEffects] }))).toBe(true);
  });
});

describe('defineSuite: System', () => {
  const ofNotes: Invariant<{ readonly note: string }, Order> = {
    name: 'note',
    statement: 'There is a note.',
    check: (_, { note }) => (note === '' ? 'it is empty' : undefined),
  };

  test('is that of `boot`, whatever the invariants look at', () => {
    const suite = defineSuite({
      name: 'more than the invariants look at',
      boot: () => ({ note: 'x', count: 1 }),
      commands,
      perform: (system) => {
        expectTypeOf(system).toEqualTypeOf<{ note: string; count: number }>();
        return system.count;
      },
      invariants: [ofNotes],
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('is not made of an invariant that wants more than `boot` returns', () => {
    defineSuite({
      name: 'less than the invariants look at',
      boot: () => ({ count: 1 }),
      commands,
      perform: (system) => system.count,
      // @ts-expect-error the system has no note
      invariants: [ofNotes],
    });
  });
});

describe('defineSuite: a suite', () => {
  const parts = { name: 'orders', boot, commands, invariants: [] };

  test('whose parts contradict each other is refused', () => {
    // @ts-expect-error commands are orders, and not numbers
    defineSuite({ ...parts, perform: (_: Shop, command: number) => command });
    // @ts-expect-error the system is a Shop
    defineSuite({ ...parts, perform, settle: (system: Date) => system });
    // @ts-expect-error a result is a receipt
    defineSuite({ ...parts, perform, describeResult: (text: string) => text });
    // @ts-expect-error an effect is a letter
    defineSuite({ ...parts, perform, describeEffect: (text: string) => text });
    expect(isSuite(defineSuite({ ...parts, perform }))).toBe(true);
  });

  test('may name its types, and leaves out those that it does not read', () => {
    const named: SuiteDefinition<Shop, Order> = { ...parts, boot: () => boot({} as never), perform };
    expectTypeOf(named.perform).returns.toEqualTypeOf<unknown>();
    expect(isSuite(defineSuite(named))).toBe(true);
  });
});
