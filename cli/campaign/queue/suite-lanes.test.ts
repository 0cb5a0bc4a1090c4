import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type LaneOptions, SuiteLanes, type Taking } from './suite-lanes.js';

const UNIT_MS = 5;
const ENOUGH_MS = 5_000;

/** Suites with this number of units each. A stand-in explores one unit after the other. */
class Units {
  /** The suites that lanes took units of, in the order in which they began with them. */
  readonly begun: number[] = [];
  readonly loaded = new Set<number>();
  explored = 0;
  open = 0;
  private isBroken = false;

  constructor(readonly left: number[]) {}

  breakDown(isBroken: boolean): void {
    this.isBroken = isBroken;
  }

  private take(suite: number): Taking {
    this.begun.push(suite);
    this.open += 1;
    let idleSinceMs: number | undefined = performance.now();
    let isClosed = false;
    const exploring = (async () => {
      while (!isClosed) {
        const left = this.left[suite] ?? 0;
        if (left > 0) {
          this.left[suite] = left - 1;
          idleSinceMs = undefined;
          await delay(UNIT_MS);
          this.explored += 1;
          idleSinceMs = performance.now();
        } else await delay(1);
      }
    })();
    return {
      get idleSinceMs() {
        return idleSinceMs;
      },
      close: async (isForced) => {
        isClosed = true;
        if (!isForced) await exploring;
        this.open -= 1;
      },
    };
  }

  options(changes: Partial<LaneOptions> = {}): LaneOptions {
    return {
      suites: this.left.length,
      first: 0,
      waiting: async (suite) => {
        if (this.isBroken) throw new Error('no answer');
        return this.left[suite] ?? 0;
      },
      isLoaded: (suite) => this.loaded.has(suite),
      take: (suite) => this.take(suite),
      onError: () => undefined,
      ...changes,
    };
  }
}

const lanes: SuiteLanes[] = [];
const started = (count: number, options: LaneOptions): SuiteLanes => {
  const one = new SuiteLanes(count, options);
  lanes.push(one);
  return one;
};
afterEach(async () => {
  await Promise.all(lanes.splice(0).map((one) => one.close(true)));
});

const until = async (isSo: () => boolean): Promise<void> => {
  for (const began = performance.now(); !isSo(); await delay(2))
    if (performance.now() - began > ENOUGH_MS) throw new Error('It never came to that.');
};

describe('SuiteLanes', () => {
  it('explores the units of all suites, each by one lane while there are other suites', async () => {
    const units = new Units([40, 40, 40, 40]);
    started(2, units.options());
    await until(() => units.explored === 160);
    expect([...units.begun].sort()).toEqual([0, 1, 2, 3]);
  });

  it('has all lanes at the last suite', async () => {
    const units = new Units([200]);
    started(3, units.options());
    await until(() => units.begun.length === 3);
    expect(units.begun).toEqual([0, 0, 0]);
  });

  it('begins with a suite that is loaded, and then with the one given as the first', async () => {
    const units = new Units([20, 20, 20, 20]);
    units.loaded.add(0);
    started(1, units.options({ first: 2 }));
    await until(() => units.explored === 80);
    expect(units.begun).toEqual([0, 2, 3, 1]);
  });

  it('stays with a suite that has units again soon, and comes back to one that has them late', async () => {
    const units = new Units([10, 10]);
    started(1, units.options());
    await until(() => units.left[0] === 0);
    units.left[0] = 10;
    await until(() => units.explored === 30);
    expect(units.begun).toEqual([0, 1]);
    units.left[0] = 1;
    await until(() => units.explored === 31);
    expect(units.begun).toEqual([0, 1, 0]);
  });

  it('tells of a queue that does not answer, and goes on when it does', async () => {
    const units = new Units([5]);
    const told: string[] = [];
    units.breakDown(true);
    started(1, units.options({ onError: ({ message }) => told.push(message) }));
    await until(() => told.length > 1);
    units.breakDown(false);
    await until(() => units.explored === 5);
    expect(told[0]).toBe('no answer');
  });

  it('ends with the units under way, and takes no others', async () => {
    const units = new Units([1000]);
    const two = started(2, units.options());
    await until(() => units.explored > 4);
    await two.close(false);
    const { explored, open } = units;
    expect(open).toBe(0);
    await delay(5 * UNIT_MS);
    expect(units.explored).toBe(explored);
    expect(explored + (units.left[0] ?? 0)).toBe(1000);
  });
});
