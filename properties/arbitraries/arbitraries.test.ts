import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstDifference } from '../observation/json-diff.js';
import { type BankCommand, bankCommands, describeBankCommand } from './bank-commands.js';
import { eventData } from './event-data.js';

const SEED = 7;

describe('bankCommands', () => {
  const workloads = fc.sample(bankCommands, { seed: SEED, numRuns: 300 });
  const commands = workloads.flat();

  test('shrink to one, wherever they start from: Ann opens account a', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { counterexample } = fc.check(
        fc.property(bankCommands, () => false),
        { seed },
      );
      expect(counterexample).toEqual([[{ type: 'open', account: 'a', owner: 'Ann' }]]);
    }
  });

  test('shrink to the two that matter, where it takes two', () => {
    const closesTwice = (all: readonly BankCommand[]) =>
      all.filter(({ type }) => type === 'close').length < 2;
    const { counterexample } = fc.check(fc.property(bankCommands, closesTwice), { seed: SEED, numRuns: 500 });
    expect(counterexample?.[0].map(describeBankCommand)).toEqual([
      'Ann opens account a',
      'close account a',
      'close account a',
    ]);
  });

  test('are of every kind, meet on few accounts, and come in workloads of every length', () => {
    expect(new Set(commands.map(({ type }) => type))).toEqual(
      new Set(['open', 'deposit', 'withdraw', 'close', 'restart']),
    );
    expect(
      new Set(commands.flatMap((command) => (command.type === 'restart' ? [] : [command.account]))),
    ).toEqual(new Set(['a', 'b', '__proto__']));
    expect(new Set(workloads.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
  });

  test('carry owners longer than a sector, and owners that were meant to hurt', () => {
    const owners = commands.flatMap((command) => (command.type === 'open' ? [command.owner] : []));
    expect(owners.some((owner) => Buffer.byteLength(owner) > 512)).toBe(true);
    expect(owners).toContain('__proto__');
    expect(owners).toContain('');
  });
});

describe('describeBankCommand', () => {
  test.each<[BankCommand, string]>([
    [{ type: 'open', account: 'a', owner: 'Ann' }, 'Ann opens account a'],
    [{ type: 'open', account: 'a', owner: '<b>' }, '"<b>" opens account a'],
    [{ type: 'open', account: 'a', owner: '' }, '"" opens account a'],
    [{ type: 'deposit', account: 'a', cents: 505 }, 'deposit 5.05 to account a'],
    [{ type: 'withdraw', account: 'b', cents: 100 }, 'withdraw 1.00 from account b'],
    [{ type: 'close', account: 'b' }, 'close account b'],
    [{ type: 'restart' }, 'shut the bank down in good order and start it again'],
  ])('%j', (command, words) => {
    expect(describeBankCommand(command)).toBe(words);
  });

  test('a very long name is cut', () => {
    expect(describeBankCommand({ type: 'open', account: 'a', owner: 'x'.repeat(1700) })).toBe(
      `"${'x'.repeat(27)}..." opens account a`,
    );
  });
});

describe('eventData', () => {
  const values = fc.sample(eventData, { seed: SEED, numRuns: 500 });

  test('is JSON that comes back as it went', () => {
    for (const value of values)
      expect(firstDifference(JSON.parse(JSON.stringify(value)), value)).toBeUndefined();
  });

  test('has objects with __proto__ as a key of their own', () => {
    expect(
      values.some(
        (value) => typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'),
      ),
    ).toBe(true);
  });
});
