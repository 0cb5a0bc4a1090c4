import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../suite/built-in-rules.js';
import type { SuiteDefinition } from '../suite/suite.js';
import { isSuite } from '../suite/suite-registry.js';
import { checkedSuite, defineSuite } from './define-suite.js';

const holds = { name: 'kept', statement: 'It is kept.', check: () => undefined };

const whole: SuiteDefinition<object, null> = {
  name: 'whole',
  boot: () => ({}),
  commands: fc.array(fc.constant(null)),
  perform: () => undefined,
  invariants: [holds],
};

/** A definition as plain JavaScript may give it: parts of any kind, and others than there are. */
const define = (changes: Readonly<Record<string, unknown>>) => () =>
  defineSuite({ ...whole, ...changes } as unknown as typeof whole);

const withInvariant = (changes: Readonly<Record<string, unknown>>) => ({
  invariants: [{ ...holds, ...changes }],
});

describe('defineSuite', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no boot', { boot: undefined }, "needs a function 'boot', not undefined"],
    ['a disk as it is prepared', { prepare: {} }, "needs a function 'prepare', not an object"],
    ['a perform that is a text', { perform: 'add' }, "needs a function 'perform', not 'add'"],
    ['a settle that is a promise', { settle: Promise.resolve() }, "needs a function 'settle'"],
    [
      'commands that are a list',
      { commands: [null] },
      "needs 'commands', a fast-check arbitrary of a list, not a list",
    ],
    ['no commands', { commands: undefined }, "needs 'commands'"],
    ['no invariants', { invariants: undefined }, "needs a list of 'invariants', not undefined"],
    ['an invariant that is a function', { invariants: [() => undefined] }, 'invariants[0]'],
    ['an invariant of null', { invariants: [holds, null] }, 'invariants[1]'],
    ['no check', withInvariant({ check: undefined }), "needs a function 'invariants[0].check'"],
    ['no statement', withInvariant({ statement: undefined }), "needs a text 'invariants[0].statement'"],
    ['an empty statement', withInvariant({ statement: ' ' }), 'invariants[0].statement'],
    ['no name of an invariant', withInvariant({ name: 7 }), "needs a text 'invariants[0].name', not 7"],
    [
      'a part of an invariant misspelt',
      withInvariant({ statment: 'x' }),
      "'statment': did you mean 'statement'?",
    ],
    ['two invariants of a name', { invariants: [holds, holds] }, "two invariants named 'kept'"],
    ['an expectation misspelt', { expected: 'sfae' }, "needs 'safe' or 'unsafe' as 'expected', not 'sfae'"],
    ['what to do with the unknown misspelt', { unknown: 'retries' }, "'retry' or 'abandon'"],
    ['half a client', { clients: 0.5 }, "from 1 to 64 as 'clients', not 0.5"],
    ['no client', { clients: 0 }, "as 'clients', not 0"],
    ['marks that are a text', { marks: 'torn' }, "needs a list of 'marks'"],
    ['a mark that is none', { marks: ['torn', 1] }, "needs a text 'marks[1]'"],
    ['faults that are no list', { faults: { fault: 'delay' } }, "needs a list of 'faults'"],
    ['a fault that is none', { faults: ['delay'] }, "needs a fault plan in 'faults'"],
    ['a part of a fault misspelt', { faults: [{ fault: 'delay', dlayMs: 1 }] }, "did you mean 'delayMs'?"],
    [
      'a selector misspelt',
      { faults: [{ fault: 'delay', at: { opertion: 'open' } }] },
      "did you mean 'operation'?",
    ],
    [
      'a goal without a predicate',
      { mustReach: [{ name: 'sold' }] },
      "needs a function 'mustReach[0].reached'",
    ],
    ['a limit of nothing', { limits: { callsPerLife: 0 } }, "as 'limits.callsPerLife', not 0"],
    ['a limit misspelt', { limits: { callPerLife: 9 } }, "did you mean 'callsPerLife'?"],
    ['a gap that is no number', { clock: { gapMs: '1h' } }, "as 'clock.gapMs', not '1h'"],
    ['a key misspelt', { invariant: [holds] }, "has an unknown part 'invariant': did you mean 'invariants'?"],
    ['a key of another tool', { beforeEach: () => undefined }, "has an unknown part 'beforeEach'."],
  ])('refuses %s, and says which part of which suite, and where', (_what, changes, message) => {
    expect(define(changes)).toThrow(
      expect.objectContaining({
        code: 'SUITE_INVALID',
        message: expect.stringMatching(/^Suite 'whole' \(.*define-suite\.test\.ts:\d+\) /),
      }),
    );
    expect(define(changes)).toThrow(message);
  });

  it.each(Object.keys(BUILT_IN))("refuses an invariant with a built-in rule's name: %s", (name) => {
    expect(define(withInvariant({ name }))).toThrow(`'${name}', which is the name of a built-in rule`);
  });

  it.each([
    ['an unknown disk model', { disk: 'ntfs' }, 'UNKNOWN_DISK_MODEL'],
    ['a sector of no disk', { sectorBytes: 1 }, 'SECTOR_SIZE'],
    [
      'a fault that can never happen',
      { faults: [{ fault: 'bit-rot', at: { operation: 'write' } }] },
      'FAULT_IMPOSSIBLE',
    ],
  ])('names the suite in the error of %s', (_what, changes, code) => {
    expect(define(changes)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^Suite 'whole' /) }),
    );
  });

  it.each([undefined, null, 'a suite', () => whole])('refuses %s, which is no object', (value) => {
    expect(() => defineSuite(value as unknown as typeof whole)).toThrow('needs an object');
  });

  it('refuses a suite without a name, and says where', () => {
    expect(define({ name: ' ' })).toThrow(
      /^A suite without a name \(.*define-suite\.test\.ts:\d+\) needs a text 'name'/,
    );
  });

  it('makes a suite out of what it was given, which stays as it is', () => {
    const definition = { ...whole };
    const suite = defineSuite(definition);
    definition.name = 'another';
    expect(suite).toMatchObject({ name: 'whole' });
    expect(Object.isFrozen(suite)).toBe(true);
    expect([isSuite(suite), isSuite(definition), isSuite({ ...suite }), isSuite(null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(checkedSuite(suite)).toBe(suite);
    expect(isSuite(checkedSuite({ ...suite, name: 'changed' }))).toBe(true);
  });
});
