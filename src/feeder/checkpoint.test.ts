import { describe, expect, it } from 'vitest';
import { globalPosition } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { append, checkpoints, ended, FEEDER, handler, start, world } from '../testing/feeders.js';
import { gate, turns } from '../testing/test-environment.js';
import { checkpointStream, resetCheckpoint } from './checkpoint.js';

describe('startFeeder: the checkpoint policy', () => {
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
    expect((await checkpoints(life)).at(-1)).toBe(3);
  });
});

describe('startFeeder: a feeder whose checkpoint can not be believed', () => {
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

describe('startFeeder: two feeders of one name', () => {
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
const failing = (store: EventStore, failures: ('before' | 'after')[], code = 'EIO'): EventStore =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'appendToStream') return typeof member === 'function' ? member.bind(target) : member;
      return async (...[streamName, events, options]: Parameters<EventStore['appendToStream']>) => {
        const failure = streamName.startsWith('$checkpoint') ? failures.shift() : undefined;
        if (failure === 'before') throw Object.assign(new Error('no'), { code });
        const result = await target.appendToStream(streamName, events, options);
        if (failure === 'after') throw Object.assign(new Error('who knows'), { code });
        return result;
      };
    },
  });

describe('startFeeder: a checkpoint that fails to be written', () => {
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
    expect(await ended(await start(life, [handler('one')]))).toMatchObject({ code: 'EIO' });
  });
});

describe('startFeeder: a machine without disk space, descriptors or memory', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'STORE_FULL', 'STORE_UNAVAILABLE'])(
    'for however long (%s), holds up the feeder and does not stop it',
    async (code) => {
      const { env, store } = await world();
      const life = { env, store: failing(store, Array<'before'>(100).fill('before'), code) };
      await append(life, 1);
      let flushes = 0;
      const flush = async (): Promise<void> => {
        if (flushes++ < 100) throw Object.assign(new Error('no'), { code });
      };
      let reads = 0;
      const readAll: EventStore['readAll'] = async (options) => {
        if (reads++ < 100) throw Object.assign(new Error('no'), { code });
        return await store.readAll(options);
      };
      const reading = new Proxy(life.store, {
        get: (target, name) => (name === 'readAll' ? readAll : Reflect.get(target, name)),
      });
      let attempts = 0;
      const handle = (): void => {
        if (attempts++ < 100) throw Object.assign(new Error('no'), { code });
      };
      const feeder = await start({ env, store: reading }, [handler('one', { flush, handle })]);
      await feeder.idle();
      expect([await checkpoints(life), feeder.parked, attempts]).toEqual([[1], 0, 101]);
      await feeder.stop();
    },
  );

  it('does not keep a stop waiting', async () => {
    const life = await world();
    await append(life, 1);
    const flush = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOSPC' }));
    const feeder = await start(life, [handler('one', { flush })]);
    await turns();
    await feeder.stop();
    expect(await feeder.stopped).toMatchObject({ code: 'ENOSPC' });
  });
});

describe('startFeeder: a handler whose flush fails', () => {
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
