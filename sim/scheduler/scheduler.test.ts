import { describe, expect, it } from 'vitest';
import { choosing, eager } from './scheduler.js';

describe('the eager scheduler', () => {
  it('takes each call as it comes', async () => {
    const taken: string[] = [];
    const scheduler = eager();
    const first = scheduler.perform(() => taken.push('first'));
    taken.push('after');
    await first;
    expect(taken).toEqual(['first', 'after']);
    expect(scheduler.runNext()).toBe(false);
  });

  it('tells the caller what the call throws', async () => {
    const full = (): never => {
      throw new Error('full');
    };
    await expect(eager().perform(full)).rejects.toThrow('full');
  });

  it('takes no call of a program that never stops calling', async () => {
    const scheduler = eager(3);
    let taken = 0;
    const endlessly = async (): Promise<never> => {
      for (;;) await scheduler.perform(() => taken++);
    };
    const ended = await Promise.race([endlessly(), new Promise((resolve) => setImmediate(resolve, 'still'))]);
    expect([ended, taken]).toEqual(['still', 3]);
  });
});

describe('a choosing scheduler', () => {
  it('holds calls back until one is picked', async () => {
    const taken: string[] = [];
    const scheduler = choosing((count) => count - 1);
    for (const name of ['a', 'b', 'c']) void scheduler.perform(() => taken.push(name));
    expect(taken).toEqual([]);
    while (scheduler.runNext());
    expect(taken).toEqual(['c', 'b', 'a']);
  });
});
