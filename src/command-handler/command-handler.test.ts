import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  BEGINNING,
  type Event,
  type EventStore,
  ExpectedVersionConflictError,
  InvalidArgumentError,
  MessageIdConflictError,
  openEventStore,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from '../event-store/index.js';
import { testEnvironment } from '../testing/test-environment.js';
import { commandHandler } from './command-handler.js';
import type { Decider } from './decider.js';

type Taken = Event<'taken', { readonly seats: number }> | Event<'closed', { readonly seats: number }>;

const SEATS = 10;

/** A room whose seats are taken; with the last one it closes. */
const room = {
  decide: (seats: number, taken: number): readonly Taken[] => {
    if (taken === SEATS) return [];
    if (taken + seats > SEATS) throw new RangeError('too many');
    const events: Taken[] = [{ type: 'taken', data: { seats } }];
    if (taken + seats === SEATS) events.push({ type: 'closed', data: { seats: 0 } });
    return events;
  },
  evolve: (taken: number, { data }: Taken) => taken + data.seats,
  initialState: () => 0,
};

const openStore = () => openEventStore(testEnvironment(), '/data');

/** The store, with `before` called before each append. */
const disturbed = (
  store: EventStore,
  before: (append: number) => Promise<unknown> | undefined,
): EventStore => {
  let appends = 0;
  return {
    ...store,
    readStream: store.readStream.bind(store),
    appendToStream: async (...call) => {
      await before(++appends);
      return store.appendToStream(...call);
    },
  };
};

const seatsIn = async (store: EventStore): Promise<readonly number[]> =>
  (await store.readStream<Taken>('room')).events.map(({ data }) => data.seats);

describe('commandHandler', () => {
  const take = commandHandler(room);

  it('appends what was decided on the folded stream, all in one append', async () => {
    const store = await openStore();
    expect(await take(store, 'room', 4)).toEqual({
      outcome: 'appended',
      streamName: 'room',
      newEvents: [{ type: 'taken', data: { seats: 4 } }],
      newState: 4,
      nextExpectedStreamVersion: 1n,
      lastEventGlobalPosition: 1n,
      createdNewStream: true,
    });
    expect(await take(store, 'room', 6)).toMatchObject({
      newState: 10,
      nextExpectedStreamVersion: 3n,
      createdNewStream: false,
    });
    expect(await seatsIn(store)).toEqual([4, 6, 0]);
  });

  it('takes one event in the place of a list, and any decider', async () => {
    const one: Decider<number, number, Taken> = {
      ...room,
      decide: (seats) => ({ type: 'taken', data: { seats } }),
    };
    const { newEvents } = await commandHandler(one)(await openStore(), 'room', 2);
    expect(newEvents).toHaveLength(1);
    expectTypeOf(newEvents[0]?.type).toEqualTypeOf<'taken' | 'closed' | undefined>();
  });

  it('appends nothing where nothing is to be done, and where the command is refused', async () => {
    const store = await openStore();
    expect(await commandHandler({ ...room, decide: () => [] })(store, 'room', 1)).toMatchObject({
      outcome: 'nothing-to-do',
      lastEventGlobalPosition: BEGINNING,
    });
    await take(store, 'room', 10);
    expect(await take(store, 'room', 1)).toEqual({
      outcome: 'nothing-to-do',
      streamName: 'room',
      newEvents: [],
      newState: 10,
      nextExpectedStreamVersion: 2n,
      lastEventGlobalPosition: 2n,
      createdNewStream: false,
    });
    await expect(take(store, 'other', 11)).rejects.toThrow(RangeError);
    expect(store.head()).toBe(2n);
  });

  it('gives a repeated request the first result, however the stream is by then', async () => {
    const store = await openStore();
    const first = await take(store, 'room', 4, { commandId: 'a' });
    await take(store, 'room', 6, { commandId: 'b' });
    expect(await take(store, 'room', 4, { commandId: 'a' })).toEqual({ ...first, outcome: 'repeated' });
    const again = await take(store, 'room', 6, { commandId: 'b', expectedStreamVersion: 0n });
    expect(again).toMatchObject({ outcome: 'repeated', newState: 10, createdNewStream: false });
    expect(again.newEvents.map(({ messageId }) => messageId)).toEqual(['b/0', 'b/1']);
    expect(await seatsIn(store)).toEqual([4, 6, 0]);
  });

  it('decides again where another append was faster, until it has been so too often', async () => {
    const store = await openStore();
    const rival = disturbed(store, (append) => (append === 1 ? take(store, 'room', 8) : undefined));
    await expect(take(rival, 'room', 4)).rejects.toThrow(RangeError);
    expect(await seatsIn(store)).toEqual([8]);
    const always = disturbed(store, () =>
      store.appendToStream<Taken>('room', [{ type: 'taken', data: { seats: 0 } }]),
    );
    const twice = commandHandler({ ...room, retry: { onVersionConflict: 2 } });
    await expect(twice(always, 'room', 1)).rejects.toThrow(ExpectedVersionConflictError);
    expect(await seatsIn(store)).toEqual([8, 0, 0, 0]);
  });

  it('knows its own request that was sent twice at once', async () => {
    const store = await openStore();
    const twin = (seats: number) =>
      disturbed(store, async (append) => {
        if (append > 1) return;
        await take(store, 'room', seats);
        await take(store, 'room', 1, { commandId: `same-${seats}` });
      });
    // The store has the very events, from a later version.
    expect(await take(twin(2), 'room', 1, { commandId: 'same-2' })).toMatchObject({
      outcome: 'repeated',
      newState: 3,
      nextExpectedStreamVersion: 2n,
    });
    // It has others under these ids, as the room is full by then.
    expect(await take(twin(6), 'room', 1, { commandId: 'same-6' })).toMatchObject({
      outcome: 'repeated',
      newState: 10,
    });
    expect(await seatsIn(store)).toEqual([2, 1, 6, 1, 0]);
    await expect(take(store, 'other', 2, { commandId: 'same-6' })).rejects.toThrow(MessageIdConflictError);
  });

  it('decides nothing on a stream that is not as the client expects it', async () => {
    const store = await openStore();
    const at = (expectedStreamVersion: bigint | typeof STREAM_EXISTS | typeof STREAM_DOES_NOT_EXIST) =>
      take(store, 'room', 1, { expectedStreamVersion });
    await expect(at(STREAM_EXISTS)).rejects.toMatchObject({ expected: STREAM_EXISTS, actual: 0n });
    await expect(at(1n)).rejects.toThrow(ExpectedVersionConflictError);
    await at(0n);
    await at(STREAM_EXISTS);
    await expect(at(STREAM_DOES_NOT_EXIST)).rejects.toThrow(ExpectedVersionConflictError);
    const rival = disturbed(store, () => take(store, 'room', 1));
    await expect(take(rival, 'room', 1, { expectedStreamVersion: 2n })).rejects.toMatchObject({ actual: 3n });
    expect(await seatsIn(store)).toEqual([1, 1, 1]);
  });

  it.each([-1, 0.5, Number.NaN])('refuses %d retries', (onVersionConflict) => {
    expect(() => commandHandler({ ...room, retry: { onVersionConflict } })).toThrow(InvalidArgumentError);
  });

  it('infers all types from the decider', () => {
    const handler = commandHandler(room);
    expectTypeOf(handler).parameter(2).toEqualTypeOf<number>();
    expectTypeOf<Awaited<ReturnType<typeof handler>>['newState']>().toEqualTypeOf<number>();
    // @ts-expect-error evolve must take what decide makes
    commandHandler({
      ...room,
      evolve: (taken: number, _: { readonly type: 'other'; readonly data: 1 }) => taken,
    });
  });
});
