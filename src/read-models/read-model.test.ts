import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../environment.js';
import { globalPosition, type Json, type RecordedEvent, streamVersion } from '../event-store/event.js';
import { testEnvironment } from '../testing/test-environment.js';
import { type Projection, project } from './projection.js';
import { openReadModel } from './read-model.js';
import { openStateFile } from './state-file.js';

const sum: Projection<{ readonly sum: number }> = {
  name: 'sum',
  initial: { sum: 0 },
  evolve: (state, event) => ({ sum: state.sum + Number(event.data) }),
};

const event = (position: number, value = position): RecordedEvent => ({
  type: 'added',
  data: value,
  metadata: {
    messageId: `m${position}`,
    streamName: 's',
    streamPosition: streamVersion(position),
    globalPosition: globalPosition(position),
  },
});

const directory = '/models';
const disk = async (): Promise<FileSystem> => {
  const { fs } = testEnvironment();
  await fs.mkdir(directory);
  return fs;
};
const durable = (fs: FileSystem) => ({ durability: 'durable', fs, directory }) as const;

describe('project', () => {
  it('is folded over events from its beginning', () => {
    expect(project(sum, [event(1), event(2), event(3)])).toEqual({ sum: 6 });
    expect(project(sum, [])).toBe(sum.initial);
  });
});

describe('openReadModel', () => {
  it('takes each event in once, however often it is delivered', async () => {
    const model = await openReadModel(sum, { durability: 'volatile' });
    expect(model.position).toBe('BEGINNING');
    expect([1, 2, 2, 1, 3].map((position) => model.apply(event(position)))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(model.state).toEqual({ sum: 6 });
    expect(model.position).toBe(3n);
  });

  it('comes back with state and position as they were flushed together, when durable', async () => {
    const fs = await disk();
    const first = await openReadModel(sum, durable(fs));
    first.apply(event(1));
    first.apply(event(2));
    await first.flush();
    first.apply(event(3));
    const next = await openReadModel(sum, durable(fs));
    expect([next.state, next.position]).toEqual([{ sum: 3 }, 2n]);
  });

  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['undefined', undefined, 'undefined'],
    ['a Date', new Date(0), 'a Date'],
    ['a bigint', 1n, 'a bigint'],
  ])('refuses to save %s, says where it is, and saves again when it is gone', async (_, bad, what) => {
    const fs = await disk();
    type State = { readonly of: readonly Json[] };
    const projection: Projection<State> = {
      name: 'average',
      initial: { of: [1] },
      // The types forbid it; programs without types don't.
      evolve: (_state, { data }) => ({ of: [1, (data === 1 ? bad : data) as Json] }),
    };
    const model = await openReadModel(projection, durable(fs));
    model.apply(event(1));
    await expect(model.flush()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`state.of[1] of ${directory}/average is ${what}`),
    });
    expect((await openReadModel(projection, durable(fs))).position).toBe('BEGINNING');
    model.apply(event(2));
    await model.flush();
    expect((await openReadModel(projection, durable(fs))).state).toEqual({ of: [1, 2] });
  });

  it('starts from nothing when volatile', async () => {
    const first = await openReadModel(sum, { durability: 'volatile' });
    first.apply(event(1));
    await first.flush();
    expect(first.saves).toBe(0);
    const next = await openReadModel(sum, { durability: 'volatile' });
    expect([next.state, next.position]).toEqual([sum.initial, 'BEGINNING']);
  });

  it('writes nothing when nothing has changed', async () => {
    const model = await openReadModel(sum, durable(await disk()));
    await model.flush();
    model.apply(event(1));
    await model.flush();
    await model.flush();
    model.apply(event(1));
    await model.flush();
    expect(model.saves).toBe(1);
  });

  it('moves on past events that were not for it, and never back', async () => {
    const model = await openReadModel(sum, { durability: 'volatile' });
    model.advance(globalPosition(5));
    model.advance(globalPosition(3));
    expect(model.position).toBe(5n);
    expect(model.apply(event(4))).toBe(false);
    expect(model.apply(event(6))).toBe(true);
  });

  it('is built anew, position included, when its projection has been revised', async () => {
    const fs = await disk();
    const first = await openReadModel(sum, durable(fs));
    first.apply(event(1));
    await first.flush();
    const revised = await openReadModel({ ...sum, revision: 2 }, durable(fs));
    expect([revised.state, revised.position]).toEqual([sum.initial, 'BEGINNING']);
  });

  it.each([
    ['another projection', { projection: 'other', revision: 1, position: 1, state: {} }],
    ['no position', { projection: 'sum', revision: 1, state: {} }],
    ['position 0, which no event has', { projection: 'sum', revision: 1, position: 0, state: {} }],
    ['a position that is no number', { projection: 'sum', revision: 1, position: '7', state: {} }],
    ['no state', { projection: 'sum', revision: 1, position: 1 }],
    ['something else', 'hello'],
  ])('does not start from the beginning in silence when its file holds %s', async (_, stored) => {
    const fs = await disk();
    await (await openStateFile(fs, directory, 'sum')).save(stored);
    await expect(openReadModel(sum, durable(fs))).rejects.toMatchObject({ code: 'READ_MODEL_MALFORMED' });
  });
});
