import { describe, expect, it } from 'vitest';
import { jumpingClock, turns } from '../testing/test-environment.js';
import { Signal } from './signal.js';
import { Waiters } from './waiters.js';

describe('Waiters', () => {
  it('are let go when a check finds their time has come, in the order in which they came', async () => {
    const waiters = new Waiters();
    let now = 0;
    const gone: number[] = [];
    const waits = [2, 1, 2].map((time, index) =>
      waiters.wait(() => now >= time).then(() => gone.push(index)),
    );
    now = 1;
    waiters.check();
    await turns(1);
    expect(gone).toEqual([1]);
    now = 2;
    waiters.check();
    await Promise.all(waits);
    expect(gone).toEqual([1, 0, 2]);
  });

  it('do not wait for what is so already', async () => {
    await new Waiters().wait(() => true);
  });

  it('give up after their time, and only then', async () => {
    const clock = jumpingClock();
    const waiters = new Waiters();
    const timeout = { clock, timeoutMs: 30, error: () => new Error('too late') };
    let over = false;
    const inTime = waiters.wait(() => over, timeout);
    over = true;
    waiters.check();
    await inTime;
    await expect(waiters.wait(() => false, timeout)).rejects.toThrow('too late');
    expect(clock.now()).toBe(30);
  });

  it('are all turned away once they are refused, also those who come later', async () => {
    const waiters = new Waiters();
    const reason = new Error('closed');
    const waiting = waiters.wait(() => false);
    waiters.refuse(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(waiters.wait(() => true)).rejects.toBe(reason);
  });
});

describe('Signal', () => {
  it('wakes who waits, keeps one that came too early, and counts many as one', async () => {
    const signal = new Signal();
    signal.give();
    signal.give();
    await signal.next();
    let woken = false;
    const next = signal.next().then(() => {
      woken = true;
    });
    await turns(1);
    expect(woken).toBe(false);
    signal.give();
    await next;
  });
});
