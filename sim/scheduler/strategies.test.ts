import { describe, expect, it } from 'vitest';
import { orderOf, playOn } from '../testing/actors.js';
import { stream } from '../util/seeded-streams.js';
import { DepthFirst } from './depth-first.js';
import type { Disturbance } from './disturbances.js';
import { pct } from './pct.js';
import { picking } from './strategy.js';

/** Every order of actors that make that many calls each, found by plain recursion. */
const interleavings = (counts: readonly number[]): string[] => {
  if (counts.every((count) => count === 0)) return [''];
  return counts.flatMap((count, actor) =>
    count === 0
      ? []
      : interleavings(counts.with(actor, count - 1)).map((rest) => 'abcdefgh'.charAt(actor) + rest),
  );
};

/** How often an order takes the turn from an actor that could go on. */
const preemptions = (order: string): number =>
  [...order].filter((actor, at) => {
    const before = order[at - 1];
    return before !== undefined && before !== actor && order.slice(at).includes(before);
  }).length;

const ordersByDepthFirst = async (counts: readonly number[], preemptionsMax: number) => {
  const strategy = new DepthFirst(preemptionsMax);
  const orders: string[] = [];
  do orders.push(await orderOf(strategy, counts));
  while (strategy.next());
  return { orders, bounded: strategy.bounded };
};

describe('picking', () => {
  it('lets a chain go on until it is done, where nothing is picked', async () => {
    expect(await orderOf(picking([]), [3, 2, 1])).toBe('aaabbc');
  });

  it('takes the turn where it is told to, and goes on with whoever got it', async () => {
    expect(await orderOf(picking([1]), [3, 2])).toBe('bbaaa');
    expect(await orderOf(picking([0, 1, 1]), [3, 2])).toBe('abaab');
  });

  it('lets others go first now and then, whatever is picked: who polls keeps nobody waiting for ever', async () => {
    const polls = { count: 0, isDone: false };
    await playOn(picking([]), ({ scheduler }) => {
      const poll = async (): Promise<void> => {
        while (!polls.isDone) await scheduler.perform(() => polls.count++);
      };
      void poll();
      void scheduler.perform(() => {
        polls.isDone = true;
      });
    });
    expect(polls.isDone).toBe(true);
    expect(polls.count).toBeLessThan(1000);
  });
});

describe('DepthFirst', () => {
  it.each([[[1, 1]], [[2, 2]], [[3, 2]], [[2, 1, 2]], [[1, 1, 1, 1]], [[4, 4]]])(
    'plays every order of %j calls once, and no other',
    async (counts) => {
      const { orders, bounded } = await ordersByDepthFirst(counts, Number.POSITIVE_INFINITY);
      expect([...orders].sort()).toEqual(interleavings(counts).sort());
      expect(bounded).toBe(false);
    },
  );

  it.each([0, 1, 2, 3])(
    'plays every order with at most %d preemptions, and says that it left some out',
    async (max) => {
      const counts = [3, 3, 1];
      const { orders, bounded } = await ordersByDepthFirst(counts, max);
      const expected = interleavings(counts).filter((order) => preemptions(order) <= max);
      expect([...orders].sort()).toEqual(expected.sort());
      expect(bounded).toBe(true);
    },
  );

  it('says when the program does not reach the same choices again', async () => {
    const strategy = new DepthFirst(2);
    await orderOf(strategy, [2, 2]);
    strategy.next();
    await expect(orderOf(strategy, [1, 1, 1])).rejects.toThrow('did not reach the same choices');
  });
});

describe('pct', () => {
  it('lets the chain of highest priority go, and the plainest among equals', async () => {
    expect(await orderOf(pct({ priorities: [1, 3, 2], changes: [] }), [2, 2, 2])).toBe('bbccaa');
    expect(await orderOf(pct({ priorities: [], changes: [] }), [2, 2])).toBe('aabb');
  });

  it('puts the chain that would go below all others at each change', async () => {
    expect(await orderOf(pct({ priorities: [2, 1], changes: [1] }), [3, 2])).toBe('abbaa');
  });

  it('finds an order of depth 2 at least as often as it promises: once in n × k runs', async () => {
    // The one call of b must come between the fourth and the fifth of a: 1 of 9 places, hard to hit by chance.
    const { below } = stream(7, 'schedule');
    const [chains, choices, runs] = [2, 8, 1500];
    let hits = 0;
    for (let run = 0; run < runs; run++) {
      const priorities = [below(1000), below(1000)];
      const order = await orderOf(pct({ priorities, changes: [below(choices)] }), [8, 1]);
      if (order === 'aaaabaaaa') hits += 1;
    }
    // 1 / 16 is 93 of 1500, and 60 lies more than three standard deviations below.
    expect(hits).toBeGreaterThan(60);
    expect(runs / (chains * choices)).toBeGreaterThan(60);
  });
});

describe('picking: timers beside calls', () => {
  /** A call that waits while a timer of 10 ms is set: which of them comes first. */
  const first = async (picks: readonly number[], slowestCallMs: number, isCalm = false): Promise<string> => {
    const order: string[] = [];
    await playOn(
      picking(picks),
      ({ scheduler }) => {
        scheduler.calm(isCalm);
        void scheduler.perform(() => order.push('call'));
        scheduler.schedule(10, () => order.push('timer'));
      },
      { slowestCallMs, disturbances: [] },
    );
    return order.join();
  };

  it('fire when nothing else can happen', async () => {
    expect(await first([], 5000)).toBe('call,timer');
    expect(await first([1], 0)).toBe('call,timer');
  });

  it('fire ahead of a call that may be slow, when a strategy says so', async () => {
    expect(await first([1], 10)).toBe('timer,call');
  });

  it('overtake no call that may not be that slow, nor any while it is calm', async () => {
    expect(await first([1], 9)).toBe('call,timer');
    expect(await first([1], 10, true)).toBe('call,timer');
  });
});

describe('picking: disturbances', () => {
  const disturbed = async (disturbance: Omit<Disturbance, 'at'>) => {
    const seen: string[] = [];
    const { clock } = await playOn(
      picking([]),
      ({ scheduler, clock }) => {
        const note = (what: string) => () =>
          void seen.push(`${what} at ${clock.elapsedMs}, ${clock.now()} o'clock`);
        void scheduler.perform(note('a'));
        void scheduler.perform(note('b'));
        scheduler.schedule(10, note('timer'));
      },
      { slowestCallMs: 0, disturbances: [{ at: 0, ...disturbance }] },
    );
    return { seen, elapsedMs: clock.elapsedMs };
  };

  it('a stalled call wakes late, and all else goes on', async () => {
    const { seen } = await disturbed({ kind: 'stall', ms: 500 });
    expect(seen).toEqual(["b at 0, 0 o'clock", "timer at 10, 10 o'clock", "a at 500, 500 o'clock"]);
  });

  it('a stalled call wakes at once when it is to be calm', async () => {
    const order: string[] = [];
    const { clock } = await playOn(
      picking([]),
      ({ scheduler }) => {
        void scheduler.perform(() => order.push('a'));
        void scheduler.perform(() => scheduler.calm(true)).then(() => order.push('calm'));
      },
      { slowestCallMs: 0, disturbances: [{ at: 0, kind: 'stall', ms: 500 }] },
    );
    expect([order, clock.elapsedMs]).toEqual([['calm', 'a'], 0]);
  });

  it('a life that stands still finds its timers late', async () => {
    const { seen } = await disturbed({ kind: 'pause', ms: 500 });
    expect(seen).toEqual(["a at 500, 500 o'clock", "b at 500, 500 o'clock", "timer at 500, 500 o'clock"]);
  });

  it('a clock that is set back changes the time of day, and no timer', async () => {
    const { seen } = await disturbed({ kind: 'jump', ms: -1000 });
    expect(seen).toEqual(["a at 0, -1000 o'clock", "b at 0, -1000 o'clock", "timer at 10, -990 o'clock"]);
  });
});
