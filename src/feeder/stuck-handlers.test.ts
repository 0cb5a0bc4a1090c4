import { describe, expect, it } from 'vitest';
import { sleep } from '../environment.js';
import { append, ended, handler, start, world } from '../testing/feeders.js';
import { startFeeder } from './feeder.js';
import { readParked } from './parking.js';

const never = (): Promise<void> => new Promise(() => {});
const RETRY = { attempts: 3, firstDelayMs: 10, factor: 1, maxDelayMs: 10 };

describe('startFeeder: a handler that never returns', () => {
  it('has failed when its time is up, is tried again, and its event parked', async () => {
    const life = await world();
    await append(life, 2);
    const calls: unknown[] = [];
    const stuck = handler('stuck', {
      timeoutMs: 50,
      handle: (event) => {
        calls.push(event.data);
        return event.data === 0 ? never() : undefined;
      },
    });
    const feeder = await start(life, [stuck], { retry: RETRY, stopTimeoutMs: 10 });
    await feeder.idle();
    expect(calls).toEqual([0, 0, 0, 1]);
    expect(await readParked(life.store, 'stuck')).toMatchObject([
      { error: { code: 'HANDLER_TIMEOUT' }, position: 1n },
    ]);
    expect(life.env.clock.now()).toBe(3 * 50 + 2 * 10);
    await feeder.stop();
  });

  it('has 30 s if nothing else is said', async () => {
    const life = await world();
    await append(life, 1);
    const options = {
      name: 'f',
      handlers: [handler('stuck', { handle: never })],
      retry: { ...RETRY, attempts: 1 },
    };
    const feeder = await startFeeder(life.env, life.store, options);
    await feeder.idle();
    expect(life.env.clock.now()).toBe(30_000);
  });

  it('may end late: that is no news, whether it ends well or not', async () => {
    const life = await world();
    await append(life, 1);
    const late: ((error?: Error) => void)[] = [];
    const handle = () =>
      new Promise<void>((resolve, reject) => void late.push((e) => (e ? reject(e) : resolve())));
    const feeder = await start(life, [handler('late', { timeoutMs: 5, handle })], { retry: RETRY });
    await feeder.idle();
    for (const [at, end] of late.entries()) end(at === 1 ? new Error('too late') : undefined);
    await append(life, 1);
    await feeder.idle();
    expect([feeder.parked, await readParked(life.store, 'late')]).toMatchObject([2, [{}, {}]]);
  });

  it('keeps a stop waiting for so long, and no longer', async () => {
    const life = await world();
    await append(life, 1);
    const [stuck, free] = [handler('stuck', { handle: never }), handler('free')];
    const feeder = await start(life, [stuck, free], { stopTimeoutMs: 700 });
    await append(life, 3);
    await feeder.waitFor(life.store.head(), { handler: 'free' });
    await feeder.stop();
    expect(life.env.clock.now()).toBe(700);
    expect(free.seen).toEqual([1, 2, 3, 4]);
    expect(await ended(feeder)).toMatchObject({ code: 'HANDLER_TIMEOUT' });
    expect(await readParked(life.store, 'stuck')).toEqual([]);
  });

  it('is waited for by a stop although its time is up, so that nothing has an effect afterwards', async () => {
    const life = await world();
    await append(life, 1);
    const returned: number[] = [];
    const handle = async (): Promise<void> => {
      await sleep(life.env.clock, 300);
      returned.push(life.env.clock.now());
    };
    const feeder = await start(life, [handler('late', { timeoutMs: 50, handle })], {
      stopTimeoutMs: 700,
      retry: { ...RETRY, attempts: 2 },
    });
    await feeder.idle();
    expect([life.env.clock.now(), returned]).toEqual([110, []]);
    await feeder.stop();
    expect(returned).toEqual([300, 360]);
    expect(life.env.clock.now()).toBe(360);
    expect(await ended(feeder)).toBeUndefined();
  });

  it('is abandoned by a stop after its time limit, and the reason tells so', async () => {
    const life = await world();
    await append(life, 1);
    const stuck = handler('stuck', { handle: never, timeoutMs: 50 });
    const feeder = await start(life, [stuck], { stopTimeoutMs: 700, retry: { ...RETRY, attempts: 1 } });
    await feeder.idle();
    await feeder.stop();
    expect(life.env.clock.now()).toBe(50 + 700);
    expect(await ended(feeder)).toMatchObject({ code: 'HANDLER_TIMEOUT' });
  });

  it('is not parked by a stop in its last attempt', async () => {
    const life = await world();
    await append(life, 1);
    const retry = { ...RETRY, attempts: 1 };
    const feeder = await start(life, [handler('stuck', { handle: never })], { stopTimeoutMs: 10, retry });
    await feeder.stop();
    expect(await readParked(life.store, 'stuck')).toEqual([]);
  });

  it('when it flushes, stops the feeder in time', async () => {
    const life = await world();
    await append(life, 1);
    const feeder = await start(life, [handler('one', { flush: never, timeoutMs: 40 })], { retry: RETRY });
    expect(await ended(feeder)).toMatchObject({ code: 'HANDLER_TIMEOUT' });
  });

  it('when it flushes, keeps no stop waiting', async () => {
    const life = await world();
    await append(life, 1);
    const feeder = await start(life, [handler('one', { flush: never })], { stopTimeoutMs: 10 });
    await feeder.waitFor(life.store.head());
    await feeder.stop();
    expect(life.env.clock.now()).toBeLessThan(100);
  });

  it('when it flushes, and returns after the stop, brings about nothing more', async () => {
    const life = await world();
    await append(life, 2);
    let letGo = (): void => {};
    const flushing = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const calls: string[] = [];
    const first = handler('first', { flush: () => flushing });
    const second = handler('second', {
      flush: async () => void calls.push('flush'),
      handle: () => void calls.push('handle'),
    });
    const feeder = await start(life, [first, second], { stopTimeoutMs: 10 });
    await feeder.waitFor(life.store.head());
    const before = life.env.clock.now();
    await feeder.stop();
    expect(life.env.clock.now() - before).toBeLessThanOrEqual(2 * 10);
    expect(await ended(feeder)).toMatchObject({ code: 'HANDLER_TIMEOUT' });
    const [head, called] = [life.store.head(), calls.length];
    letGo();
    await append(life, 1);
    await new Promise((soon) => setTimeout(soon, 20));
    // No flush, no event for a handler, no checkpoint: only the event of this test.
    expect(calls).toHaveLength(called);
    expect(Number(life.store.head())).toBe(Number(head) + 1);
  });
});
