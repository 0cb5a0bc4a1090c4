import { describe, expect, it } from 'vitest';
import { turns as pass } from '../testing/test-environment.js';
import { Turns } from './turns.js';

/** An action that ends on demand, and a note of its beginning. */
const noting = () => {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const action = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => void ends.set(name, resolve));
  };
  return { begun, action, end: (name: string) => ends.get(name)?.() };
};

describe('Turns', () => {
  it('are over when the call returns, for an action that needs no time', () => {
    const turns = new Turns(1);
    const begun: number[] = [];
    for (const n of [1, 2]) expect(turns.take('', () => void begun.push(n))).toBeUndefined();
    expect(begun).toEqual([1, 2]);
  });

  it('come in the order in which they are asked for, whoever needs time', async () => {
    const turns = new Turns(1);
    const { begun, action, end } = noting();
    const taken = [turns.take('', action('first'))];
    for (const n of ['second', 'third', 'fourth']) taken.push(turns.take('', () => void begun.push(n)));
    expect(begun).toEqual(['first']);
    end('first');
    await Promise.all(taken);
    expect(begun).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('are kept for those who wait when an action asks for another in the middle of its own', async () => {
    const turns = new Turns(2);
    const { begun, action, end } = noting();
    void turns.take('a', action('a1'));
    void turns.take('b', action('b1'));
    const waiting = [
      turns.take('a', () => {
        begun.push('a2');
        waiting.push(turns.take('a', () => void begun.push('a4')));
      }),
      turns.take('a', () => void begun.push('a3')),
    ];
    end('a1');
    await pass(1);
    await Promise.all(waiting);
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3', 'a4']);
  });

  it('go to as many keys at once as may be, and one at a time in each', async () => {
    const turns = new Turns(2);
    const { begun, action, end } = noting();
    const taken = ['a1', 'a2', 'b1', 'c1'].map((name) => turns.take(name.slice(0, 1), action(name)));
    expect(begun).toEqual(['a1', 'b1']);
    end('b1');
    await pass(1);
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    end('a1');
    await pass(1);
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
    for (const name of ['c1', 'a2']) end(name);
    await Promise.all(taken);
    await turns.idle();
  });

  it('go on when an action throws, at once or later', async () => {
    const turns = new Turns(1);
    const atOnce = turns.take('', () => {
      throw new Error('at once');
    });
    const later = turns.take('', () => Promise.reject(new Error('later')));
    const last = turns.take('', () => Promise.resolve());
    await expect(atOnce).rejects.toThrow('at once');
    await expect(later).rejects.toThrow('later');
    await last;
    expect(turns.take('', () => {})).toBeUndefined();
  });

  it('are waited for, those that wait included', async () => {
    const turns = new Turns(1);
    const { begun, action, end } = noting();
    void turns.take('', action('first'));
    void turns.take('', action('second'));
    let idle = false;
    const waiting = turns.idle().then(() => {
      idle = true;
    });
    end('first');
    await pass(2);
    expect([idle, begun]).toEqual([false, ['first', 'second']]);
    end('second');
    await waiting;
  });

  it('do not go deeper with each of many that wait', async () => {
    const turns = new Turns(1);
    const { action, end } = noting();
    void turns.take('', action('first'));
    let count = 0;
    const waiting = Array.from({ length: 20_000 }, () => turns.take('', () => void count++));
    end('first');
    await Promise.all(waiting);
    expect(count).toBe(20_000);
  });

  it.each([0, -1, 1.5, Number.NaN])('for %d at once are refused', (max) => {
    expect(() => new Turns(max)).toThrow(RangeError);
  });
});
