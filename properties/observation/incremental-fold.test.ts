import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstWrongAlong, foldedAlong } from './incremental-fold.js';
import { includedIn } from './ordered-membership.js';

describe('foldedAlong and firstWrongAlong', () => {
  test('is the same whatever list was followed before', () => {
    const joined = foldedAlong<number, string>('', (text, number) => `${text}/${number}`);
    const numbers = fc.array(fc.nat(2), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(numbers), (lists) => {
        for (const list of lists) expect(joined(list)).toBe(list.map((number) => `/${number}`).join(''));
      }),
    );
  });

  test('is not made again of what a list begins with that the last one began with', () => {
    let steps = 0;
    const sum = foldedAlong<number, number>(0, (total, number) => {
      steps++;
      return total + number;
    });
    expect([sum([1, 2, 3]), sum([1, 2, 4]), sum([1, 2])]).toEqual([6, 7, 3]);
    expect(steps).toBe(4);
  });

  test('is of things that are the very same, not of such as look alike', () => {
    const seen = foldedAlong<{ readonly n: number }, readonly object[]>([], (all, item) => [...all, item]);
    seen([{ n: 1 }]);
    const second = { n: 1 };
    expect(seen([second])[0]).toBe(second);
  });

  test('names the first that is wrong with the one before it, and forgets it with the list', () => {
    const back = firstWrongAlong<number>((number, before) => before !== undefined && number < before);
    expect(back([1, 3, 2, 1])).toEqual({ wrong: 2, before: 3 });
    expect(back([1, 3])).toBeUndefined();
    expect(back([2, 1])).toEqual({ wrong: 1, before: 2 });
  });
});

test('includedIn: the answers do not depend on the order of the questions', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.array(fc.nat(9)), (list, asked) => {
      const isIn = includedIn(list);
      for (const number of asked) expect(isIn(number)).toBe(list.includes(number));
    }),
  );
});
