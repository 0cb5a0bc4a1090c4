/** State files whose checksums hold, but that do not belong to the log: none is believed. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Environment } from '../environment.js';
import { crc32 } from '../event-store/format/crc32.js';
import { type EventStore, openEventStore } from '../event-store/index.js';
import { type FeederHandler, startFeeder } from '../feeder/index.js';
import { testEnvironment } from '../testing/test-environment.js';
import {
  openReadModel,
  type Projection,
  type ReadModel,
  readModelHandler,
  rebuild,
  snapshotHandler,
} from './index.js';

const EVENTS = 5;
type Count = { readonly count: number; readonly words: readonly string[] };

const counting = (name: string): Projection<Count> => ({
  name,
  initial: { count: 0, words: [] },
  evolve: ({ count, words }, { data }) => ({ count: count + 1, words: [...words, String(data)] }),
});

/** What a state file holds. */
interface Found {
  readonly position: number;
  readonly last: number;
  readonly state: Count;
}

interface Machine {
  readonly env: Environment & { readonly marks: readonly string[] };
  readonly store: EventStore;
}

/** A store with five events, and the state files that the models of a feeder have made of them. */
type Handle = (model: ReadModel<Count>) => FeederHandler;

const machine = async (word = 'a', handler: Handle = readModelHandler): Promise<Machine> => {
  const env = testEnvironment();
  const store = await openEventStore(env, '/state/log');
  const models = [await open(env, 'one'), await open(env, 'two')];
  const feeder = await startFeeder(env, store, {
    name: 'f',
    handlers: models.map((model) => handler(model)),
  });
  for (let i = 1; i <= EVENTS; i++)
    await store.appendToStream('s', [{ type: 't', data: `${word}${i}`, messageId: `m${i}` }]);
  await feeder.idle();
  await feeder.stop();
  for (const model of models) await model.close();
  return { env, store };
};

const open = (env: Environment, name: string): Promise<ReadModel<Count>> =>
  openReadModel(counting(name), { durability: 'durable', fs: env.fs, directory: '/state' });

/** What `change` makes of both slots of a model, under new checksums. */
const forge = async ({ env }: Machine, name: string, change: (text: string) => string): Promise<void> => {
  for (const slot of ['0', '1']) {
    const path = `/state/${name}.${slot}`;
    const bytes = await env.fs.readFile(path);
    const value = Buffer.from(change(bytes.toString('utf8', 50)));
    const forged = Buffer.concat([bytes.subarray(0, 50), value]);
    forged.writeUInt32BE(value.length, 8);
    forged.writeUInt32BE(crc32(forged.subarray(8)), 4);
    await env.fs.writeFile(path, forged);
  }
};

/** The model after a feeder has started: its state, and why the stored one was not trusted. */
const started = async ({ env, store }: Machine, name = 'one', handler: Handle = readModelHandler) => {
  const model = await open(env, name);
  const feeder = await startFeeder(env, store, { name: 'f', handlers: [handler(model)] });
  await feeder.idle();
  await feeder.stop();
  await model.close();
  return { state: model.state, distrusted: model.distrusted };
};

const whole = (word = 'a'): Count => ({
  count: EVENTS,
  words: Array.from({ length: EVENTS }, (_, i) => `${word}${i + 1}`),
});

describe('openReadModel: a state file', () => {
  it('of this log is believed, and nothing is folded again', async () => {
    const own = await machine();
    expect(await started(own)).toEqual({ state: whole(), distrusted: undefined });
    expect(own.env.marks).not.toContain('feeder:handler-started-over');
  });

  const FORGERIES: readonly (readonly [what: string, change: (found: Found) => object])[] = [
    ['another state', (found) => ({ ...found, state: { ...found.state, count: found.state.count + 2 } })],
    ['a lower position', (found) => ({ ...found, position: 1 })],
    ['a lower position and last event', (found) => ({ ...found, position: 1, last: 1 })],
    ['a higher position', (found) => ({ ...found, position: found.position + 1 })],
    ['no last event', ({ last: _, ...found }) => found],
    ['a last event that the log does not have', (found) => ({ ...found, last: 999 })],
    ['a system event as its last', (found) => ({ ...found, last: found.last + 1 })],
    ['the beginning', (found) => ({ ...found, position: 'BEGINNING' })],
  ];
  test.each(FORGERIES)('with %s, under a checksum that holds, is not believed', async (_, change) => {
    const forged = await machine();
    await forge(forged, 'one', (text) => JSON.stringify(change(JSON.parse(text) as Found))); // as it was stored
    const { state, distrusted } = await started(forged);
    expect(state).toEqual(whole());
    expect(distrusted).toMatch(/^the state file of read model one is not believed: /);
    expect(forged.env.marks).toContain('feeder:handler-started-over');
    // What was built again is saved with the next event, and believed by the life after that.
    await forged.store.appendToStream('s', [{ type: 't', data: 'more' }]);
    await started(forged);
    expect(await started(forged)).toMatchObject({ state: { count: EVENTS + 1 }, distrusted: undefined });
  });

  it('ahead of the log is refused, whatever it is sealed with', async () => {
    const forged = await machine();
    const head = Number(forged.store.head());
    await forge(forged, 'one', (text) => text.replace(/"position":\d+/, `"position":${head + 1}`));
    await expect(started(forged)).rejects.toMatchObject({ code: 'HANDLER_BEYOND_HEAD' });
  });

  it('of another log, of as many events under the same ids, is not believed', async () => {
    const own = await machine('a');
    const other = await machine('b');
    for (const slot of ['0', '1'])
      await own.env.fs.writeFile(`/state/one.${slot}`, await other.env.fs.readFile(`/state/one.${slot}`));
    const { state, distrusted } = await started(own);
    expect(state).toEqual(whole('a'));
    expect(distrusted).toContain('do not belong to event');
  });

  it('of another model is refused', async () => {
    const own = await machine();
    for (const slot of ['0', '1'])
      await own.env.fs.writeFile(`/state/one.${slot}`, await own.env.fs.readFile(`/state/two.${slot}`));
    await expect(started(own)).rejects.toMatchObject({ code: 'READ_MODEL_MALFORMED' });
  });

  it('of version 0.1, which has no seal, is built again', async () => {
    const own = await machine();
    for (const slot of ['0', '1']) {
      const bytes = await own.env.fs.readFile(`/state/one.${slot}`);
      const old = Buffer.concat([bytes.subarray(0, 18), bytes.subarray(50)]);
      old.write('PCST', 'latin1');
      old.writeUInt32BE(crc32(old.subarray(8)), 4);
      await own.env.fs.writeFile(`/state/one.${slot}`, old);
    }
    const { state, distrusted } = await started(own);
    expect(state).toEqual(whole());
    expect(distrusted).toBeDefined();
  });

  it('of a later version is refused, and left as it is', async () => {
    const own = await machine();
    const bytes = await own.env.fs.readFile('/state/one.0');
    bytes.write('PCS3', 'latin1');
    await own.env.fs.writeFile('/state/one.0', bytes);
    await expect(started(own)).rejects.toMatchObject({ code: 'STATE_FILE_FORMAT' });
    expect(await own.env.fs.readFile('/state/one.0')).toEqual(bytes);
  });

  it('whose checksum holds over what is no JSON is not whole', async () => {
    const own = await machine();
    await forge(own, 'one', () => '{"projection":');
    await expect(started(own)).rejects.toMatchObject({ code: 'STATE_FILE_CORRUPT' });
  });

  it('that claims to have been saved more often than any file can be is not whole', async () => {
    const own = await machine();
    const path = '/state/one.0';
    const bytes = await own.env.fs.readFile(path);
    bytes.writeUIntBE(2 ** 48 - 1, 12, 6);
    bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4);
    await own.env.fs.writeFile(path, bytes);
    expect((await started(own)).state).toEqual(whole());
  });
});

test('openReadModel compares a snapshot with the log, too', async () => {
  const snapshots: Handle = (model) => snapshotHandler(model, 1);
  const own = await machine('a', snapshots);
  expect(await started(own, 'one', snapshots)).toEqual({ state: whole(), distrusted: undefined });
  await forge(own, 'one', (text) => text.replace(/"count":\d/, '"count":9'));
  expect((await started(own, 'one', snapshots)).state).toEqual(whole());
});

test('openReadModel compares the model with the store, if it gets the store', async () => {
  const own = await machine();
  await forge(own, 'one', (text) => text.replace(/"count":\d/, '"count":9'));
  const { env, store } = own;
  const storage = { durability: 'durable', fs: env.fs, directory: '/state', store } as const;
  const model = await openReadModel(counting('one'), storage);
  expect(model.state).toEqual(counting('one').initial);
  expect(model.distrusted).toBeDefined();
  expect((await openReadModel(counting('two'), storage)).state).toEqual(whole());
});

test('openReadModel: the next life trusts a model that was rebuilt', async () => {
  const own = await machine();
  const model = await open(own.env, 'one');
  await rebuild(model, own.store);
  await model.close();
  expect(await started(own)).toEqual({ state: whole(), distrusted: undefined });
});

test("openReadModel: the seal is a digest of the file's content and of the last event, which the file does not hold", async () => {
  const own = await machine();
  const bytes = await own.env.fs.readFile('/state/one.0');
  expect(bytes.subarray(18, 50)).not.toEqual(createHash('sha256').update(bytes.subarray(50)).digest());
});
