import { describe, expect, it } from 'vitest';
import { openEventStore } from '../event-store/open-event-store.js';
import { startFollower } from '../feeder/follower.js';
import { testEnvironment } from '../testing/test-environment.js';
import { readModelHandler, snapshotHandler } from './handler.js';
import type { Projection } from './projection.js';
import { openReadModel } from './read-model.js';
import { rebuild } from './rebuild.js';

const sum: Projection<{ readonly sum: number }> = {
  name: 'sum',
  initial: { sum: 0 },
  evolve: (state, event) => ({ sum: state.sum + Number(event.data) }),
};

const world = async (env = testEnvironment()) => {
  await env.fs.mkdir('/models', { recursive: true });
  const store = await openEventStore(env, '/log', { segmentBytes: 1 << 16 });
  const storage = { durability: 'durable', fs: env.fs, directory: '/models' } as const;
  const add = async (...values: number[]): Promise<void> => {
    for (const value of values) await store.appendToStream('s', [{ type: 'added', data: value }]);
  };
  const reboot = async () => {
    await store.close();
    return await world(env.reboot());
  };
  return { env, store, storage, add, reboot };
};

describe('rebuild', () => {
  it('puts the log in the place of a state that had gone wrong, and keeps it', async () => {
    const life = await world();
    await life.add(1, 2, 3);
    const model = await openReadModel(sum, life.storage);
    await startFollower(life.env, life.store, readModelHandler(model)).idle();
    model.replace({ sum: 99 }, model.position);
    await rebuild(model, life.store);
    expect([model.state, model.position]).toEqual([{ sum: 6 }, 3n]);
    expect((await openReadModel(sum, life.storage)).state).toEqual({ sum: 6 });
  });

  it('misses no event that comes in meanwhile, takes none in twice, and serves the old state until the end', async () => {
    const life = await world();
    await life.add(...Array.from({ length: 600 }, () => 1));
    const model = await openReadModel(sum, { durability: 'volatile' });
    const follower = startFollower(life.env, life.store, readModelHandler(model));
    await follower.idle();
    const rebuilding = rebuild(model, life.store);
    const during = life.add(1, 1, 1);
    expect(model.state).toEqual({ sum: 600 });
    await Promise.all([rebuilding, during]);
    await follower.idle();
    expect(model.state).toEqual({ sum: 603 });
  });

  it('can bring in a repaired projection, for the past and from then on', async () => {
    const life = await world();
    await life.add(1, 2);
    const model = await openReadModel(sum, life.storage);
    const follower = startFollower(life.env, life.store, readModelHandler(model));
    await follower.idle();
    const doubled: typeof sum = {
      ...sum,
      revision: 2,
      evolve: (state, event) => ({ sum: state.sum + 2 * Number(event.data) }),
    };
    await rebuild(model, life.store, doubled);
    expect(model.state).toEqual({ sum: 6 });
    await life.add(5);
    await follower.idle();
    expect(model.state).toEqual({ sum: 16 });
    expect((await openReadModel(doubled, life.storage)).state).toEqual({ sum: 16 });
  });

  it('refuses the projection of another model', async () => {
    const { store } = await world();
    const model = await openReadModel(sum, { durability: 'volatile' });
    await expect(rebuild(model, store, { ...sum, name: 'other' })).rejects.toThrow("can't become other");
  });
});

describe('snapshotHandler', () => {
  it('is fed again what came after its last snapshot, and nothing before', async () => {
    const first = await world();
    await first.add(1, 1, 1, 1, 1);
    const model = await openReadModel(sum, first.storage);
    await startFollower(first.env, first.store, snapshotHandler(model, 2)).idle();
    expect(model.saves).toBe(2);
    const second = await first.reboot();
    const again = await openReadModel(sum, second.storage);
    expect([again.state, again.position]).toEqual([{ sum: 4 }, 4n]);
    const follower = startFollower(second.env, second.store, snapshotHandler(again, 2));
    await follower.idle();
    expect(again.state).toEqual({ sum: 5 });
    expect(follower.handlers[0]?.startedAfter).toBe(4n);
  });
});
