import { describe, expect, it } from 'vitest';
import { type Origin, Origins } from './origins.js';

const HERE = import.meta.filename ?? new URL(import.meta.url).pathname;
const ASKER = '/app/asker.ts';

/** A queue as many programs have one: what is put into it starts when the one before has ended. */
const queue = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(act: () => T): Promise<T> => {
    const done = last.then(act);
    last = done;
    return done;
  };
};

/** The files, without the test runner's own. */
const known = (origin: Origin): Origin =>
  origin.map((place) => place.replace(/:\d+$/, '')).filter((file) => !file.includes('/node_modules/'));

describe('Origins: the origin of a call', () => {
  it('is the files on the stack, and nothing of the runtime or the simulator', () => {
    expect(known(new Origins().here())).toEqual([HERE]);
  });

  it('is followed through awaits, queues and promises that somebody else resolves', async () => {
    const origins = new Origins();
    const enqueue = queue();
    const found = await origins.following(async () => {
      const asked = origins.run([ASKER], () => enqueue(() => origins.here()));
      const later = origins.run([ASKER], async () => {
        await enqueue(() => undefined);
        await Promise.resolve();
        return origins.here();
      });
      const other = enqueue(() => origins.here());
      return Promise.all([asked, later, other]);
    });
    expect(found.map(known)).toEqual([[HERE, ASKER], [HERE, ASKER], [HERE]]);
  });

  it('is that of whoever set a timer, when the timer fires', () => {
    const origins = new Origins();
    const origin = origins.run([ASKER], () => origins.here());
    expect(known(origins.run(origin, () => origins.here()))).toEqual([HERE, ASKER]);
    expect(known(origins.here())).toEqual([HERE]);
  });

  it('does not grow in a loop, however long', async () => {
    const origins = new Origins();
    const loop = async (): Promise<Origin> => {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      return origins.here();
    };
    expect(known(await origins.following(() => origins.run([ASKER], loop)))).toEqual([HERE, ASKER]);
  });

  it('is nothing where a program keeps errors from having stacks', async () => {
    const origins = new Origins();
    const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
    Object.defineProperty(Error, 'stackTraceLimit', {
      get: () => undefined,
      set: () => {},
      configurable: true,
    });
    try {
      expect(await origins.following(async () => origins.here())).toEqual([]);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', limit);
    }
  });

  it('is not followed when nobody asks for it', async () => {
    const origins = new Origins();
    const unfollowed = await origins.run([ASKER], async () => {
      await Promise.resolve();
      return origins.here();
    });
    expect(known(unfollowed)).toEqual([HERE]);
  });
});
