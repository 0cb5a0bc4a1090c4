import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import type { TraceEntry } from '../result/result.js';
import type { SimulatedEnvironment, Suite } from '../suite/suite.js';
import { replay } from './replay.js';

interface Counter {
  count: number;
  add(): Promise<void>;
  read(): Promise<string>;
}

/** Counts in memory between two steps of each command; nothing is synced. */
const boot = async ({ fs }: SimulatedEnvironment): Promise<Counter> => {
  const counter: Counter = {
    count: 0,
    add: async () => {
      await fs.writeFile('/begun', 'x');
      counter.count += 1;
      await fs.writeFile('/done', String(counter.count));
    },
    read: () => fs.readFile('/done', 'utf8'),
  };
  return counter;
};

const suiteWith = (observe: (counter: Counter) => unknown): Suite =>
  defineSuite({
    name: 'a counter',
    boot,
    commands: fc.constant(['add', 'add']),
    perform: (counter) => counter.add(),
    observe: (counter: Counter) => observe(counter) as number, // JSON, whatever it is
    invariants: [
      {
        name: 'kept',
        statement: 'It counts on after a crash.',
        check: ({ commands, crashes }, { count }) =>
          crashes > 0 && commands.some(({ outcome }) => outcome.status === 'acknowledged') && count === 0
            ? 'it starts again'
            : undefined,
      },
    ],
    expected: 'unsafe',
  });

/** The states of a failing run, each with the operation after which it is shown first. */
const shownBy = async (observe: (counter: Counter) => unknown): Promise<readonly (readonly unknown[])[]> => {
  const suite = suiteWith(observe);
  const { violations } = await exploreSuite(suite, {
    ...DEFAULT_OPTIONS,
    workloads: 1,
    runs: 0,
    depth: 1,
    disk: 'process-kill',
  });
  const { trace, same } = await replay(violations[0]?.token ?? '', [suite]);
  expect(same).toBe(true);
  return trace.flatMap(({ operation, path, observed, life }: TraceEntry) =>
    observed === undefined ? [] : [[life, `${operation} ${path ?? ''}`.trim(), observed]],
  );
};

describe('statesBetween', () => {
  const STATES = [
    [1, expect.stringContaining('send'), 0],
    [1, expect.stringMatching(/^open \/done|^create \/done/), 1],
  ];

  it.each([
    ['at once', ({ count }: Counter) => count],
    ['in a promise', async ({ count }: Counter) => count],
  ])('shows the state after each step that changes it, if observe answers %s', async (_when, observe) => {
    expect((await shownBy(observe)).slice(0, 2)).toEqual(STATES);
  });

  it.each([
    ['reads a file', (counter: Counter) => counter.read().catch(() => 'nothing')],
    ['throws', ({ count }: Counter) => (count === 0 ? fail() : count)],
  ])('leaves the run as it is where observe %s', async (_what, observe) => {
    for (const [, operation] of await shownBy(observe)) expect(operation).not.toContain('send');
  });
});

const fail = (): never => {
  throw new Error('It has no state.');
};
