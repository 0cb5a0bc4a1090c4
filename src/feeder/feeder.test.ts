import { describe, expect, it } from 'vitest';
import { globalPosition, type RecordedEvent, type Resume } from '../event-store/event.js';
import { DEFAULT_RETRY } from '../message-bus/retry.js';
import { append, checkpoints, FEEDER, handler, reboot, start, world } from '../testing/feeders.js';
import { gate, turns } from '../testing/test-environment.js';
import { checkpointStream } from './checkpoint.js';
import { readParked } from './parking.js';

describe('startFeeder', () => {
  it('hands every event to every handler, from history to live, in order', async () => {
    const life = await world();
    await append(life, 3);
    const [one, two] = [handler('one'), handler('two')];
    const feeder = await start(life, [one, two]);
    await append(life, 2);
    await feeder.idle();
    await append(life, 1);
    await feeder.idle();
    expect(one.seen).toEqual(two.seen);
    const log = await life.store.readAll();
    expect(one.seen).toEqual(
      log.filter(({ type }) => type === 'happened').map(({ metadata }) => Number(metadata.globalPosition)),
    );
    expect(feeder.lag()).toBe(0);
  });

  it('resumes right after its checkpoint', async () => {
    const first = await world();
    await append(first, 3);
    await (await start(first, [handler('one')])).idle();
    const second = await reboot(first);
    await append(second, 1);
    const one = handler('one');
    const feeder = await start(second, [one]);
    expect(feeder.checkpoint).toBe(3n);
    await feeder.idle();
    expect(one.seen).toEqual([5]); // 4 is the checkpoint itself
  });

  it('feeds no system stream, comes to rest, and stays there over any number of restarts', async () => {
    let life = await world();
    await append(life, 2);
    await append(life, 2, '$system');
    const one = handler('one');
    await (await start(life, [one])).idle();
    expect(one.seen).toEqual([1, 2]);
    const head = life.store.head();
    for (let boot = 0; boot < 3; boot++) {
      life = await reboot(life);
      const feeder = await start(life, [handler('one')]);
      await feeder.idle();
      await turns();
      await feeder.stop();
    }
    expect(life.store.head()).toBe(head);
    expect(await checkpoints(life)).toEqual([2]);
  });

  it('lets feeders of several names rest beside each other', async () => {
    const life = await world();
    const feeders = [
      await start(life, [handler('a')], { name: 'a' }),
      await start(life, [handler('b')], { name: 'b' }),
    ];
    await append(life, 1);
    for (const feeder of feeders) await feeder.idle();
    const head = life.store.head();
    await turns();
    expect(life.store.head()).toBe(head);
    expect(head).toBe(3n);
  });

  it('never writes a checkpoint that a durable handler has not flushed', async () => {
    const life = await world();
    const slow = handler('slow', {
      handle: async (event) =>
        turns(1).then(() => void slow.seen.push(Number(event.metadata.globalPosition))),
    });
    const quick = handler('quick');
    const feeder = await start(life, [quick, slow], { checkpoint: { everyEvents: 2 } });
    const written: [number, number, number][] = [];
    life.store.onAppended(() => written.push([Number(feeder.position), quick.flushed, slow.flushed]));
    await append(life, 10);
    await feeder.idle();
    const log = await life.store.readStream(checkpointStream(FEEDER));
    expect(log.events.length).toBeGreaterThan(0);
    for (const { data } of log.events) {
      const { position } = data as { readonly position: number };
      expect(position).toBeLessThanOrEqual(quick.flushed);
      expect(position).toBeLessThanOrEqual(slow.flushed);
    }
    expect(slow.seen).toEqual(quick.seen);
  });

  it('keeps its checkpoint at the slowest handler', async () => {
    const life = await world();
    const { open, opened } = gate();
    const stuck = handler('stuck', {
      handle: async (event) => (Number(event.data) >= 2 ? opened : undefined),
    });
    const free = handler('free');
    const feeder = await start(life, [free, stuck], { checkpoint: { everyEvents: 1 } });
    await append(life, 5);
    await feeder.waitFor(life.store.head(), { handler: 'free' });
    await turns();
    expect(free.seen).toHaveLength(5);
    expect(Number(feeder.checkpoint)).toBe(free.seen[1]);
    expect(feeder.lag('stuck')).toBeGreaterThan(0);
    open();
    await feeder.idle();
    expect(feeder.lag()).toBe(0);
  });

  it('replays the whole log to a volatile handler, and only what is new to a durable one', async () => {
    const first = await world();
    await append(first, 2);
    await (await start(first, [handler('durable'), handler('volatile', { durability: 'volatile' })])).idle();
    const second = await reboot(first);
    await append(second, 1);
    const handlers = [handler('durable'), handler('volatile', { durability: 'volatile' })];
    await (await start(second, handlers)).idle();
    expect(handlers.map(({ seen }) => seen)).toEqual([[4], [1, 2, 4]]);
  });

  it('feeds a volatile handler from its own snapshot, if it has one', async () => {
    const life = await world();
    await append(life, 3);
    const own = handler('own', { durability: 'volatile', position: () => globalPosition(2) });
    await (await start(life, [own])).idle();
    expect(own.seen).toEqual([3]);
  });

  it('catches up a durable handler that is behind the checkpoint by its own record', async () => {
    const first = await world();
    await append(first, 3);
    await (await start(first, [handler('old')])).idle();
    const second = await reboot(first);
    const [old, added] = [handler('old'), handler('added', { position: (): Resume => 'BEGINNING' })];
    await (await start(second, [old, added])).idle();
    expect([old.seen, added.seen]).toEqual([[], [1, 2, 3]]);
    expect(second.env.marks).toContain('feeder:handler-behind-checkpoint');
  });

  it('says in advance where delivery to each handler begins', async () => {
    const life = await world();
    await append(life, 1);
    const starts: Resume[] = [];
    const started = (after: Resume) => void starts.push(after);
    const feeder = await start(life, [handler('one', { started })]);
    expect(starts).toEqual(['BEGINNING']);
    await feeder.idle();
    const next = await reboot(life);
    await start(next, [handler('one', { started })]);
    expect(starts).toEqual(['BEGINNING', 1n]);
  });

  it('parks an event that a handler fails on for good, with a durable record, and goes on', async () => {
    const life = await world();
    const poisoned = handler('poisoned', {
      handle: (event) => {
        if (event.data === 1) throw new Error('indigestible');
        poisoned.seen.push(Number(event.metadata.globalPosition));
      },
    });
    const healthy = handler('healthy');
    await append(life, 3);
    const feeder = await start(life, [poisoned, healthy]);
    await feeder.idle();
    expect([poisoned.seen, healthy.seen]).toEqual([
      [1, 3],
      [1, 2, 3],
    ]);
    expect(await readParked(life.store, 'poisoned')).toMatchObject([
      { subscriber: 'poisoned', position: 2n, attempts: 5, error: { message: 'indigestible' } },
    ]);
    expect(feeder.checkpoint).toBe(3n);
  });

  it('parks an event once, though a volatile handler meets it in every life', async () => {
    let life = await world();
    await append(life, 1);
    for (let boot = 0; boot < 3; boot++) {
      const handle = () => Promise.reject(new Error('indigestible'));
      await (await start(life, [handler('volatile', { durability: 'volatile', handle })])).idle();
      life = await reboot(life);
    }
    expect(await readParked(life.store, 'volatile')).toHaveLength(1);
  });

  it('hides no event from others while one handler is being retried', async () => {
    const life = await world();
    const healthy = handler('healthy', {
      handle: () => void times.push(life.env.clock.now()),
    });
    const times: number[] = [];
    const never = handler('never', { handle: () => Promise.reject(new Error('no')) });
    await append(life, 2);
    await (await start(life, [never, healthy])).waitFor(globalPosition(2), { handler: 'healthy' });
    expect(times).toEqual([0, 0]);
  });
});

describe('startFeeder: a handler that takes several events at once', () => {
  it('holds the checkpoint where the first gap is, whatever it has handled beyond', async () => {
    const life = await world();
    const { open, opened } = gate();
    const seen: number[] = [];
    const posting = handler('posting', {
      concurrency: { max: 4, key: ({ metadata }) => metadata.streamName },
      handle: async ({ metadata }) => {
        if (metadata.streamName === 'slow') await opened;
        seen.push(Number(metadata.globalPosition));
      },
    });
    await append(life, 2, 'a');
    await append(life, 1, 'slow');
    await append(life, 2, 'b');
    const feeder = await start(life, [posting], { checkpoint: { everyEvents: 1 } });
    await turns();
    expect(seen.toSorted()).toEqual([1, 2, 4, 5]);
    expect(feeder.checkpoint).toBe(2n);
    expect(feeder.position).toBe(2n);
    open();
    await feeder.idle();
    expect(feeder.checkpoint).toBe(5n);
  });

  it('is handed again after a crash all that lay beyond the gap', async () => {
    const first = await world();
    const key = ({ metadata }: RecordedEvent) => metadata.streamName;
    await append(first, 1, 'slow');
    await append(first, 2, 'b');
    const stuck = handler('posting', {
      concurrency: { max: 2, key },
      handle: ({ metadata }) => (metadata.streamName === 'slow' ? new Promise<void>(() => {}) : undefined),
    });
    await start(first, [stuck]);
    await turns();
    const second = await world(first.env.reboot());
    const posting = handler('posting', { concurrency: { max: 2, key } });
    await (await start(second, [posting])).idle();
    expect(posting.seen).toEqual([1, 2, 3]);
  });
});

describe('startFeeder: invalid options', () => {
  it.each([
    ['has two handlers of one name', [handler('one'), handler('one')], {}],
    ['may read nothing ahead', [handler('one')], { inFlightMax: 0 }],
    ['has a checkpoint every no events', [handler('one')], { checkpoint: { everyEvents: 0 } }],
    ['retries as often as NaN', [handler('one')], { retry: { ...DEFAULT_RETRY, attempts: Number.NaN } }],
    ['waits a negative time', [handler('one')], { retry: { ...DEFAULT_RETRY, firstDelayMs: -1 } }],
    ['has a checkpoint every no time', [handler('one')], { checkpoint: { everyMs: Number.NaN } }],
  ])('is refused when it %s', async (_, handlers, options) => {
    await expect(start(await world(), handlers, options)).rejects.toThrow(RangeError);
  });
});

describe('startFeeder: a feeder that reads far behind', () => {
  it('reads ahead of each handler no further than it may, and lets a stuck one hold up no other', async () => {
    const life = await world();
    await append(life, 50);
    const { open, opened } = gate();
    let handled = 0;
    const handle = () => opened.then(() => void handled++);
    const [free, stuck] = [handler('free'), handler('stuck', { handle })];
    const feeder = await start(life, [free, stuck], { inFlightMax: 8 });
    await turns(20);
    expect(free.seen).toHaveLength(50);
    expect(feeder.handlers.map(({ pending }) => pending)).toEqual([0, 8]);
    expect(await checkpoints(life)).toEqual([]);
    open();
    await feeder.idle();
    expect([free.seen.length, handled]).toEqual([50, 50]);
    expect(await checkpoints(life)).toEqual([50]);
  });
});
