import { describe, expect, it } from 'vitest';
import { frameIn, framesIn, functionIn, stackBelow, stackOf } from './stack-frames.js';

describe('frameIn', () => {
  it.each([
    ['    at perform (/app/a.ts:3:7)', '/app/a.ts', 3, 7],
    ['    at /app/a.ts:3:7', '/app/a.ts', 3, 7],
    ['    at async /app/a.ts:3:7', '/app/a.ts', 3, 7],
    ['    at async Store.append (file:///app/a.ts:3:7)', 'file:///app/a.ts', 3, 7],
    ['    at new Store (/app/a.ts:3:7)', '/app/a.ts', 3, 7],
    ['    at Store.append [as add] (/app/a.ts:3:7)', '/app/a.ts', 3, 7],
    ['    at perform (/app/copy (2)/a.ts:3:7)', '/app/copy (2)/a.ts', 3, 7],
    ['    at Object.sign (by a key of type ec) (/app/a.ts:3:7)', '/app/a.ts', 3, 7],
    ['    at sign (a key) (file:///app/copy (2)/a.ts:3:7)', 'file:///app/copy (2)/a.ts', 3, 7],
    ['    at /app/copy (2)/a.ts:3:7', '/app/copy (2)/a.ts', 3, 7],
    ['    at async node:internal/modules/run_main:74:5', 'node:internal/modules/run_main', 74, 5],
  ])('reads %s', (line, file, row, column) => {
    expect(frameIn(line)).toEqual({ file, line: row, column });
  });

  it.each([
    'Error: at /app/a.ts:3:7',
    '    at Array.map (<anonymous>)',
    '    at async Promise.all (index 0)',
    '    at eval (eval at run (/app/a.ts:3:7), <anonymous>:1:1)',
    '',
  ])('finds no position in %s', (line) => {
    expect(frameIn(line)).toBeUndefined();
  });
});

describe('functionIn', () => {
  it.each([
    ['    at perform (/app/a.ts:3:7)', 'perform'],
    ['    at async Store.append (file:///app/a.ts:3:7)', 'append'],
    ['    at new Store (/app/a.ts:3:7)', 'Store'],
    ['    at Store.append [as add] (/app/a.ts:3:7)', 'append'],
    ['    at #commit (/app/a.ts:3:7)', '#commit'],
    ['    at perform (/app/copy (2)/a.ts:3:7)', 'perform'],
    ['    at Object.<anonymous> (/app/a.ts:3:7)', ''],
    ['    at /app/a.ts:3:7', ''],
    ['    at async /app/a.ts:3:7', ''],
    ['Error: at perform (/app/a.ts:3:7)', ''],
  ])('reads %s', (line, name) => {
    expect(functionIn(line)).toBe(name);
  });
});

describe('stackBelow', () => {
  it('begins at the caller of the function, and keeps to its limit', () => {
    const outer = (): string => inner();
    const inner = (): string => stackBelow(inner, 1);
    expect(outer()).toContain('outer');
    expect(framesIn(outer())).toHaveLength(1);
  });
});

describe('stackOf', () => {
  it('gives the stack of an error, and of an object that has one', () => {
    const error = new Error('boom');
    expect(stackOf(error)).toBe(error.stack);
    expect(stackOf({ stack: 'at home' })).toBe('at home');
  });

  it('gives nothing where there is no stack or where it throws', () => {
    const throwing = Object.defineProperty({}, 'stack', {
      get: () => {
        throw new Error('no');
      },
    });
    expect([undefined, 'text', {}, { stack: 7 }, throwing].map(stackOf)).toEqual(['', '', '', '', '']);
  });
});
