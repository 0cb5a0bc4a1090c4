import { describe, expect, it } from 'vitest';
import { gate, jumpingClock, turns } from '../testing/test-environment.js';
import {
  createMessageBus,
  type MessageBusOptions,
  type ParkedMessage,
  type Subscriber,
} from './message-bus.js';

const open = (
  subscribers: readonly Subscriber<number>[],
  options: Partial<MessageBusOptions<number>> = {},
) => {
  const clock = jumpingClock();
  const parked: ParkedMessage<number>[] = [];
  const bus = createMessageBus({
    subscribers,
    clock,
    park: async (record) => {
      parked.push(record);
    },
    ...options,
  });
  return { bus, clock, parked };
};

const failing = (name: string, fails: (message: number, attempt: number) => boolean) => {
  const handled: number[] = [];
  const attempts = new Map<number, number>();
  const handle = async (message: number): Promise<void> => {
    const attempt = (attempts.get(message) ?? 0) + 1;
    attempts.set(message, attempt);
    if (fails(message, attempt)) throw Object.assign(new Error(`no ${message}`), { code: 'NO' });
    handled.push(message);
  };
  return { name, handle, handled, attempts };
};

describe('createMessageBus', () => {
  it('hands every message to every subscriber in the order of publication', async () => {
    const seen: string[] = [];
    const { bus } = open([
      { name: 'slow', handle: async (n) => turns(1).then(() => void seen.push(`slow ${n}`)) },
      { name: 'fast', handle: (n) => void seen.push(`fast ${n}`) },
    ]);
    await Promise.all([bus.publish(1), bus.publish(2)]);
    expect(seen).toEqual(['fast 1', 'fast 2', 'slow 1', 'slow 2']);
  });

  it('hands a message only to those that it names', async () => {
    const seen: number[] = [];
    const settled: number[] = [];
    const { bus } = open([
      {
        name: 'late',
        handle: (n) => void seen.push(n),
        settled: (n) => void settled.push(n),
      },
    ]);
    for (const n of [1, 2, 3]) await bus.publish(n, new Set(n > 1 ? ['late'] : []));
    expect([seen, settled]).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  it('never runs two handlers of one subscriber at once', async () => {
    let running = 0;
    let most = 0;
    const handle = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await turns(1);
      running--;
    };
    const { bus } = open([{ name: 'one', handle }]);
    await Promise.all([1, 2, 3].map((n) => bus.publish(n)));
    expect(most).toBe(1);
  });

  it('tries a failing handler again, later each time, before it goes on with the next message', async () => {
    const flaky = failing('flaky', (n, attempt) => n === 1 && attempt < 4);
    const { bus, clock, parked } = open([flaky]);
    await Promise.all([bus.publish(1), bus.publish(2)]);
    expect(flaky.handled).toEqual([1, 2]);
    expect(clock.now()).toBe(100 + 200 + 400);
    expect(parked).toEqual([]);
  });

  it('bounds the delay', async () => {
    const retry = { attempts: 4, firstDelayMs: 10, factor: 100, maxDelayMs: 500 };
    const { bus, clock } = open([failing('never', () => true)], { retry });
    await bus.publish(1);
    expect(clock.now()).toBe(10 + 500 + 500);
  });

  it('parks a message that fails for good, with its error, and goes on', async () => {
    const poisoned = failing('poisoned', (n) => n === 1);
    const { bus, parked } = open([poisoned]);
    await Promise.all([bus.publish(1), bus.publish(2)]);
    expect(poisoned.handled).toEqual([2]);
    expect(parked).toEqual([
      {
        subscriber: 'poisoned',
        message: 1,
        attempts: 5,
        error: { name: 'Error', code: 'NO', message: 'no 1' },
      },
    ]);
  });

  it('takes a synchronous throw, and a throw of anything at all, for a failed attempt', async () => {
    const handle = (): void => {
      throw 'a string';
    };
    const { bus, parked } = open([{ name: 'rude', handle }]);
    await bus.publish(1);
    expect(parked[0]?.error).toEqual({ name: 'NotAnError', code: '', message: 'a string' });
  });

  it('holds up no other subscriber for one that fails', async () => {
    const healthy = failing('healthy', () => false);
    const { bus, clock } = open([
      failing('never', () => true),
      { ...healthy, handle: async (n) => healthy.handle(n).then(() => void times.push(clock.now())) },
    ]);
    const times: number[] = [];
    await Promise.all([bus.publish(1), bus.publish(2)]);
    expect(healthy.handled).toEqual([1, 2]);
    expect(times).toEqual([0, 0]);
  });

  it('says in order what is settled, be it handled or parked', async () => {
    const settled: number[] = [];
    const { bus } = open([
      { ...failing('flaky', (n, attempt) => n < 3 && attempt < n * 3), settled: (n) => settled.push(n) },
    ]);
    await Promise.all([1, 2, 3].map((n) => bus.publish(n)));
    expect(settled).toEqual([1, 2, 3]);
  });

  it('halts a subscriber whose message can be neither handled nor parked, and only that one', async () => {
    const poisoned = failing('poisoned', (n) => n === 1);
    const healthy = failing('healthy', () => false);
    const full = new Error('disk full');
    const { bus } = open([poisoned, healthy], { park: () => Promise.reject(full) });
    const published = [bus.publish(1), bus.publish(2)];
    for (const publication of published) {
      await expect(publication).rejects.toMatchObject({ code: 'SUBSCRIBER_HALTED', cause: full });
    }
    expect(poisoned.handled).toEqual([]);
    expect(healthy.handled).toEqual([1, 2]);
  });

  it('waits on stop for the handler at work, and starts no other', async () => {
    const { open: finish, opened } = gate();
    const handled: number[] = [];
    const handle = async (n: number): Promise<void> => {
      await opened;
      handled.push(n);
    };
    const { bus } = open([{ name: 'slow', handle }]);
    const published = Promise.allSettled([bus.publish(1), bus.publish(2)]);
    await turns(1);
    let stopped = false;
    const stopping = bus.stop().then(() => {
      stopped = true;
    });
    await turns(2);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(handled).toEqual([1]);
    expect(await published).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'BUS_STOPPED' } },
    ]);
    await expect(bus.publish(3)).rejects.toMatchObject({ code: 'BUS_STOPPED' });
    expect(handled).toEqual([1]);
  });

  it('does not wait on stop for the next attempt', async () => {
    const retry = { attempts: 2, firstDelayMs: 1_000_000, factor: 1, maxDelayMs: 1_000_000 };
    const never = failing('never', () => true);
    const { bus, clock, parked } = open([never], { retry });
    const published = bus.publish(1).catch((error: unknown) => error);
    await Promise.resolve().then(() => bus.stop());
    expect(await published).toMatchObject({ code: 'BUS_STOPPED' });
    expect(never.attempts.get(1)).toBeLessThanOrEqual(1);
    expect(parked).toEqual([]);
    await turns();
    expect(clock.now()).toBe(0);
  });
});

describe('createMessageBus: a subscriber that takes several messages at once', () => {
  const evenAndOdd = { max: 2, key: (n: number) => String(n % 2) };

  it('works on different keys side by side, and keeps the order in each', async () => {
    const gates = new Map([1, 2, 3, 4].map((n) => [n, gate()]));
    const log: string[] = [];
    const handle = async (n: number): Promise<void> => {
      log.push(`begin ${n}`);
      await gates.get(n)?.opened;
      log.push(`end ${n}`);
    };
    const { bus } = open([{ name: 'both', handle, concurrency: evenAndOdd }]);
    const published = Promise.all([1, 2, 3, 4].map((n) => bus.publish(n)));
    await turns(1);
    expect(log).toEqual(['begin 1', 'begin 2']);
    gates.get(2)?.open();
    await turns(1);
    expect(log.slice(2)).toEqual(['end 2', 'begin 4']);
    for (const n of [4, 1, 3]) gates.get(n)?.open();
    await published;
    expect(log.indexOf('begin 3')).toBeGreaterThan(log.indexOf('end 1'));
  });

  it('never works on more than it may', async () => {
    let running = 0;
    let most = 0;
    const handle = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await turns(1);
      running--;
    };
    const { bus } = open([{ name: 'three', handle, concurrency: { max: 3, key: String } }]);
    await Promise.all(Array.from({ length: 20 }, (_, n) => bus.publish(n)));
    expect(most).toBe(3);
  });

  it('goes on with other keys while one is tried again', async () => {
    const flaky = failing('flaky', (n, attempt) => n === 1 && attempt < 3);
    const { bus } = open([{ ...flaky, concurrency: evenAndOdd }]);
    await Promise.all([1, 2, 3, 4].map((n) => bus.publish(n)));
    expect(flaky.handled).toEqual([2, 4, 1, 3]);
  });

  it('is waited for on stop, whatever it is working on', async () => {
    const { open: finish, opened } = gate();
    const ended: number[] = [];
    const handle = async (n: number): Promise<void> => opened.then(() => void ended.push(n));
    const { bus } = open([{ name: 'both', handle, concurrency: evenAndOdd }]);
    const published = Promise.allSettled([1, 2, 3].map((n) => bus.publish(n)));
    await turns(1);
    const stopping = bus.stop().then(() => [...ended]);
    finish();
    expect(await stopping).toEqual([1, 2]);
    expect((await published).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('needs at least one slot', () => {
    expect(() => open([{ name: 'none', handle: () => {}, concurrency: { max: 0, key: String } }])).toThrow(
      RangeError,
    );
  });
});
