import { describe, expect, it } from 'vitest';
import { globalPosition, type RecordedEvent, type Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { openEventStore } from '../event-store/open-event-store.js';
import { type TestEnvironment, testEnvironment, turns } from '../testing/test-environment.js';
import { checkpointStream, resetCheckpoint } from './checkpoint.js';
import { type Feeder, type FeederHandler, type FeederOptions, startFeeder } from './feeder.js';
import { readParked } from './parking.js';

const FEEDER = 'news';

interface World {
  readonly env: TestEnvironment;
  readonly store: EventStore;
}

const world = async (env = testEnvironment()): Promise<World> => ({
  env,
  store: await openEventStore(env, '/log', { segmentBytes: 1 << 16 }),
});

/** The next life: on what the last one left on the disk. */
const reboot = async ({ env, store }: World): Promise<World> => {
  await store.close();
  return await world(env.reboot());
};

const append = async ({ store }: World, count: number, streamName = 's'): Promise<void> => {
  for (let index = 0; index < count; index++) {
    await store.appendToStream(streamName, [{ type: 'happened', data: index }]);
  }
};

/** A handler that writes down what it was given and what it flushed. */
const handler = (name: string, options: Partial<FeederHandler> = {}) => {
  const seen: number[] = [];
  let flushed = 0;
  return {
    name,
    durability: 'durable' as const,
    seen,
    get flushed() {
      return flushed;
    },
    handle: (event: RecordedEvent) => void seen.push(Number(event.metadata.globalPosition)),
    flush: async () => {
      flushed = seen.at(-1) ?? 0;
    },
    ...options,
  };
};

const start = ({ env, store }: World, handlers: FeederHandler[], options: Partial<FeederOptions> = {}) =>
  startFeeder(env, store, { name: FEEDER, handlers, ...options });

/** A handler's wait, and its end. */
const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

const checkpoints = async ({ store }: World): Promise<unknown[]> => {
  const { events } = await store.readStream(checkpointStream(FEEDER));
  return events.map(({ data }) => (data as { readonly position: unknown }).position);
};

const ended = async (feeder: Feeder) => (await feeder.stopped) as { readonly code?: string } | undefined;

describe('a feeder', () => {
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
      { subscriber: 'poisoned', position: 2, attempts: 5, error: { message: 'indigestible' } },
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

describe('the checkpoint policy', () => {
  it('by default writes one checkpoint for all that came in at once', async () => {
    const life = await world();
    await append(life, 5);
    await (await start(life, [handler('one')])).idle();
    expect(await checkpoints(life)).toEqual([5]);
  });

  it('can write one for every so many positions, busy or not', async () => {
    const life = await world();
    await append(life, 7);
    const options = { checkpoint: { onIdle: false, everyEvents: 3 }, inFlightMax: 1 };
    const feeder = await start(life, [handler('one')], options);
    await feeder.idle();
    expect(await checkpoints(life)).toEqual([3, 6]);
    await feeder.stop();
    expect(await checkpoints(life)).toEqual([3, 6, 7]);
  });

  it('can write one some time after the first event', async () => {
    const life = await world();
    const feeder = await start(life, [handler('one')], { checkpoint: { onIdle: false, everyMs: 5_000 } });
    await append(life, 2);
    await feeder.idle();
    await turns();
    expect(await checkpoints(life)).toEqual([2]);
    expect(life.env.clock.now()).toBe(5_000);
  });

  it('writes no checkpoint by time for a backlog that is not handled yet', async () => {
    const life = await world();
    const [first, rest] = [gate(), gate()];
    const stuck = handler('stuck', {
      handle: ({ metadata }) => (metadata.streamPosition === 1n ? first.opened : rest.opened),
    });
    await append(life, 3);
    const feeder = await start(life, [stuck], { checkpoint: { onIdle: false, everyMs: 10 } });
    await turns();
    expect(life.env.clock.now()).toBe(10);
    expect(await checkpoints(life)).toEqual([]);
    first.open();
    await turns();
    expect(await checkpoints(life)).toEqual([1]);
    rest.open();
    await feeder.idle();
    await turns();
    expect(await checkpoints(life)).toEqual([1, 3]);
  });
});

describe('a feeder whose checkpoint can not be believed', () => {
  it.each([
    ['is of another type', 'other', { feeder: FEEDER, position: 1 }, 'CHECKPOINT_MALFORMED'],
    ['is no record', 'checkpoint', 7, 'CHECKPOINT_MALFORMED'],
    ['names no feeder', 'checkpoint', { position: 1 }, 'CHECKPOINT_MALFORMED'],
    ['is of another feeder', 'checkpoint', { feeder: 'other', position: 1 }, 'CHECKPOINT_FOREIGN'],
    ['names no position', 'checkpoint', { feeder: FEEDER }, 'CHECKPOINT_MALFORMED'],
    ['names position 0', 'checkpoint', { feeder: FEEDER, position: 0 }, 'CHECKPOINT_MALFORMED'],
    ['names half a position', 'checkpoint', { feeder: FEEDER, position: 1.5 }, 'CHECKPOINT_MALFORMED'],
    ['names a text', 'checkpoint', { feeder: FEEDER, position: '1' }, 'CHECKPOINT_MALFORMED'],
    ['names itself', 'checkpoint', { feeder: FEEDER, position: 2 }, 'CHECKPOINT_BEYOND_HEAD'],
    [
      'names a position beyond the head',
      'checkpoint',
      { feeder: FEEDER, position: 9 },
      'CHECKPOINT_BEYOND_HEAD',
    ],
  ])('does not start when it %s, until it is reset on purpose', async (_, type, data, code) => {
    const life = await world();
    await append(life, 1);
    await life.store.appendToStream(checkpointStream(FEEDER), [{ type, data }]);
    const one = handler('one');
    await expect(start(life, [one])).rejects.toMatchObject({ code, streamName: checkpointStream(FEEDER) });
    await turns();
    expect(one.seen).toEqual([]);
    await resetCheckpoint(life.env, life.store, FEEDER, 'BEGINNING');
    await (await start(life, [one])).idle();
    expect(one.seen).toEqual([1]);
  });

  it('does not start either when a handler has handled more than there is', async () => {
    const life = await world();
    await append(life, 1);
    const ahead = handler('ahead', { position: () => globalPosition(2) });
    await expect(start(life, [ahead])).rejects.toMatchObject({ code: 'HANDLER_BEYOND_HEAD' });
  });
});

describe('two feeders of one name', () => {
  it('do not both go on: the stale one is refused its next checkpoint, and stops', async () => {
    const life = await world();
    const [old, young] = [handler('old'), handler('young')];
    const stale = await start(life, [old], { checkpoint: { onIdle: false } });
    const current = await start(life, [young]);
    await append(life, 1);
    await current.idle();
    await stale.stop();
    expect(await ended(stale)).toMatchObject({ code: 'FEEDER_STALE' });
    expect(life.env.marks).toContain('feeder:stale-stopped');
    await append(life, 1);
    await current.idle();
    expect([old.seen, young.seen]).toEqual([[1], [1, 3]]);
    expect(await checkpoints(life)).toEqual([1, 3]);
  });

  it('tell who waits for the stale one', async () => {
    const life = await world();
    const stale = await start(life, [handler('old')], { checkpoint: { everyEvents: 2 } });
    await resetCheckpoint(life.env, life.store, FEEDER, 'BEGINNING');
    const waiting = stale.waitFor(globalPosition(99)).catch((error: unknown) => error);
    await append(life, 2);
    expect(await ended(stale)).toMatchObject({ code: 'FEEDER_STALE' });
    expect(await waiting).toMatchObject({ code: 'FEEDER_STOPPED', cause: { code: 'FEEDER_STALE' } });
    await expect(stale.idle()).rejects.toMatchObject({ code: 'FEEDER_STOPPED' });
  });
});

/** A store whose appends to the checkpoint's stream go wrong as told: before or after they have happened. */
const failing = (store: EventStore, failures: ('before' | 'after')[]): EventStore =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'appendToStream') return typeof member === 'function' ? member.bind(target) : member;
      return async (...[streamName, events, options]: Parameters<EventStore['appendToStream']>) => {
        const failure = streamName.startsWith('$checkpoint') ? failures.shift() : undefined;
        if (failure === 'before') throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        const result = await target.appendToStream(streamName, events, options);
        if (failure === 'after') throw Object.assign(new Error('who knows'), { code: 'EIO' });
        return result;
      };
    },
  });

describe('a checkpoint that fails to be written', () => {
  it.each([['before' as const], ['after' as const]])(
    'is tried again, whether it failed %s it happened',
    async (when) => {
      const { env, store } = await world();
      const life = { env, store: failing(store, [when, when]) };
      await append(life, 1);
      const feeder = await start(life, [handler('one')]);
      await feeder.idle();
      await append(life, 1);
      await feeder.idle();
      expect(await checkpoints(life)).toEqual([1, 3]);
      expect(env.marks.filter((mark) => mark === 'feeder:checkpoint-retried')).toHaveLength(2);
    },
  );

  it('stops the feeder when it never succeeds', async () => {
    const { env, store } = await world();
    const life = {
      env,
      store: failing(
        store,
        Array.from({ length: 9 }, () => 'before'),
      ),
    };
    await append(life, 1);
    expect(await ended(await start(life, [handler('one')]))).toMatchObject({ code: 'ENOSPC' });
  });
});

describe('a handler that fails to be flushed', () => {
  it('is flushed again before the checkpoint is written', async () => {
    const life = await world();
    let failures = 2;
    const one = handler('one', {
      flush: async () => {
        expect(await checkpoints(life)).toEqual([]);
        if (failures-- > 0) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      },
    });
    await append(life, 1);
    await (await start(life, [one])).idle();
    expect(failures).toBe(-1);
    expect(await checkpoints(life)).toEqual([1]);
  });

  it('stops the feeder when that never succeeds, with no checkpoint written', async () => {
    const life = await world();
    await append(life, 1);
    const flush = () => Promise.reject(Object.assign(new Error('broken'), { code: 'EIO' }));
    const feeder = await start(life, [handler('one', { flush })]);
    expect(await ended(feeder)).toMatchObject({ code: 'EIO' });
    expect(await checkpoints(life)).toEqual([]);
  });
});

describe('waitFor', () => {
  it('resolves once the handler has it, before the others and before the checkpoint', async () => {
    const life = await world();
    const { open, opened } = gate();
    const stuck = handler('stuck', { handle: () => opened });
    const free = handler('free');
    const feeder = await start(life, [free, stuck]);
    await append(life, 2);
    await feeder.waitFor(globalPosition(2), { handler: 'free' });
    expect(free.seen).toEqual([1, 2]);
    expect(feeder.position).toBe('BEGINNING');
    open();
    await feeder.waitFor(globalPosition(2));
    expect(feeder.position).toBe(2n);
  });

  it('waits for what is not there yet', async () => {
    const life = await world();
    const one = handler('one');
    const feeder = await start(life, [one]);
    const waiting = feeder.waitFor(globalPosition(1)).then(() => [...one.seen]);
    await append(life, 1);
    expect(await waiting).toEqual([1]);
  });

  it('rejects when it takes too long', async () => {
    const life = await world();
    const feeder = await start(life, [handler('one')]);
    await expect(feeder.waitFor(globalPosition(1), { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
    });
    expect(life.env.clock.now()).toBe(50);
  });

  it('rejects when the feeder stops', async () => {
    const life = await world();
    const feeder = await start(life, [handler('one')]);
    const waiting = feeder.waitFor(globalPosition(1)).catch((error: unknown) => error);
    await feeder.stop();
    expect(await waiting).toMatchObject({ code: 'FEEDER_STOPPED' });
    await expect(feeder.waitFor('BEGINNING')).rejects.toMatchObject({ code: 'FEEDER_STOPPED' });
  });

  it('refuses a handler that is not there', async () => {
    const feeder = await start(await world(), [handler('one')]);
    expect(() => feeder.lag('two')).toThrow('no handler two');
    await expect(feeder.waitFor('BEGINNING', { handler: 'two' })).rejects.toThrow('no handler two');
  });
});

describe('pause, resume and stop', () => {
  it('hands out nothing between pause and resume', async () => {
    const life = await world();
    const one = handler('one');
    const feeder = await start(life, [one]);
    await append(life, 1);
    await feeder.idle();
    await feeder.pause();
    await append(life, 2);
    await turns();
    expect(one.seen).toEqual([1]);
    expect(feeder.lag()).toBeGreaterThan(0);
    feeder.resume();
    await feeder.idle();
    expect(one.seen).toEqual([1, 3, 4]);
  });

  it('has paused when the handlers are through with what they had', async () => {
    const life = await world();
    const { open, opened } = gate();
    const slow = handler('slow', { handle: () => opened });
    const feeder = await start(life, [slow]);
    await append(life, 1);
    await turns();
    let paused = false;
    const pausing = feeder.pause().then(() => {
      paused = true;
    });
    await turns();
    expect(paused).toBe(false);
    open();
    await pausing;
  });

  it('has no effect after stop has resolved', async () => {
    const life = await world();
    const { open, opened } = gate();
    const seen: string[] = [];
    const slow = handler('slow', {
      handle: async () => {
        await opened;
        seen.push('handled');
      },
    });
    await append(life, 3);
    const feeder = await start(life, [slow]);
    await turns();
    const stopping = feeder.stop().then(() => seen.push('stopped'));
    await turns();
    open();
    await stopping;
    const head = life.store.head();
    await append(life, 1);
    await turns();
    expect(seen).toEqual(['handled', 'stopped']);
    expect(life.store.head()).toBe(globalPosition(Number(head) + 1));
    expect(await ended(feeder)).toBeUndefined();
  });

  it('keeps on stop what is handled by then', async () => {
    const life = await world();
    const { open, opened } = gate();
    const stuck = handler('stuck', {
      handle: (event) => (event.metadata.globalPosition > 2n ? opened : undefined),
    });
    await append(life, 4);
    const feeder = await start(life, [stuck]);
    await turns();
    const stopping = feeder.stop();
    await turns();
    open();
    await stopping;
    expect(await checkpoints(life)).toEqual([3]);
  });

  it('leaves no timer behind', async () => {
    const life = await world();
    const { open, opened } = gate();
    await append(life, 3);
    const slow = handler('slow', { handle: (event) => (event.data === 1 ? opened : undefined) });
    const feeder = await start(life, [slow], { checkpoint: { onIdle: false, everyMs: 1_000_000 } });
    await Promise.resolve().then(() => Promise.resolve());
    const stopping = feeder.stop();
    open();
    await stopping;
    const stoppedAt = life.env.clock.now();
    await turns();
    expect(life.env.clock.now()).toBe(stoppedAt);
  });
});

describe('a handler that takes several events at once', () => {
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

describe('a feeder that makes no sense', () => {
  it.each([
    ['has two handlers of one name', [handler('one'), handler('one')], {}],
    ['may read nothing ahead', [handler('one')], { inFlightMax: 0 }],
    ['has a checkpoint every no events', [handler('one')], { checkpoint: { everyEvents: 0 } }],
    ['has a checkpoint every no time', [handler('one')], { checkpoint: { everyMs: Number.NaN } }],
  ])('is refused when it %s', async (_, handlers, options) => {
    await expect(start(await world(), handlers, options)).rejects.toThrow(RangeError);
  });
});

describe('a feeder that reads far behind', () => {
  it('reads ahead of the slowest handler no further than it may', async () => {
    const life = await world();
    await append(life, 50);
    const { open, opened } = gate();
    const [free, stuck] = [handler('free'), handler('stuck', { handle: () => opened })];
    const feeder = await start(life, [free, stuck], { inFlightMax: 8 });
    await turns();
    expect(free.seen).toHaveLength(8);
    open();
    await feeder.idle();
    expect(free.seen).toHaveLength(50);
    expect(await checkpoints(life)).toEqual([50]);
  });
});
