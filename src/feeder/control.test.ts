import { describe, expect, it } from 'vitest';
import { globalPosition } from '../event-store/event.js';
import { append, checkpoints, ended, handler, start, world } from '../testing/feeders.js';
import { gate, turns } from '../testing/test-environment.js';

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
