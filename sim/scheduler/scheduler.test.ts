import { describe, expect, it } from 'vitest';
import { eager } from './scheduler.js';
import { VirtualClock } from './virtual-clock.js';

const scheduler = (callsMax?: number) => eager()(new VirtualClock(0), undefined, callsMax);

describe('eager', () => {
  it('takes each call as it comes', async () => {
    const taken: string[] = [];
    const { perform, runNext } = scheduler();
    const first = perform(() => taken.push('first'));
    taken.push('after');
    await first;
    expect(taken).toEqual(['first', 'after']);
    expect(runNext(1000)).toBe(false);
  });

  it('fires timers in order of time, up to a moment', async () => {
    const fired: string[] = [];
    const { schedule, runNext } = scheduler();
    schedule(20, () => fired.push('late'));
    schedule(10, () => fired.push('soon'));
    while (runNext(15));
    await Promise.resolve();
    expect(fired).toEqual(['soon']);
  });

  it('tells the caller what the call throws', async () => {
    const full = (): never => {
      throw new Error('full');
    };
    await expect(scheduler().perform(full)).rejects.toThrow('full');
  });

  it('takes no call of a program that never stops calling', async () => {
    const { perform } = scheduler(3);
    let taken = 0;
    const endlessly = async (): Promise<never> => {
      for (;;) await perform(() => taken++);
    };
    const ended = await Promise.race([endlessly(), new Promise((resolve) => setImmediate(resolve, 'still'))]);
    expect([ended, taken]).toEqual(['still', 3]);
  });
});
