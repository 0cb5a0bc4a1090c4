import { describe, expect, test } from 'vitest';
import { datas, event, openInMemory } from '../../testing/event-stores.js';
import { STREAM_DOES_NOT_EXIST } from '../index.js';

describe('appendToStream: an append repeated with the same message ids', () => {
  test('gives the first result and appends nothing, whatever it expects, after a restart too', async () => {
    const { store, reopen } = await openInMemory();
    const events = [event(1, 'm1'), event(2, 'm2')];
    const first = await store.appendToStream('a', events, { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
    await store.appendToStream('a', [event(3)]);
    expect(await store.appendToStream('a', events, { expectedStreamVersion: 0n })).toEqual(first);
    const again = await reopen();
    expect(await again.appendToStream('a', events, { expectedStreamVersion: 99n })).toEqual(first);
    expect(datas(await again.readAll())).toEqual([1, 2, 3]);
  });

  test('is told from a new one while the first is still in flight', async () => {
    const { store } = await openInMemory();
    const [first, second] = await Promise.all([
      store.appendToStream('a', [event(1, 'm')], { expectedStreamVersion: 0n }),
      store.appendToStream('a', [event(1, 'm')], { expectedStreamVersion: 0n }),
    ]);
    expect(second).toEqual(first);
    expect(store.head()).toBe(1n);
  });

  test('to several streams gives each part its first result', async () => {
    const { store } = await openInMemory();
    const appends = [
      { streamName: 'a', events: [event(1, 'm1')] },
      { streamName: 'b', events: [event(2, 'm2')] },
    ];
    expect(await store.appendToStreams(appends)).toEqual(await store.appendToStreams(appends));
    expect(store.head()).toBe(2n);
  });

  test.each([
    ['only some of them are known', 'a', [event(1, 'm1'), event(9, 'new')]],
    ['one of the events has no id', 'a', [event(1, 'm1'), event(9)]],
    ['they are in another stream', 'b', [event(1, 'm1')]],
    ['they come in another order', 'a', [event(2, 'm2'), event(1, 'm1')]],
  ])('is refused when %s', async (_, streamName, events) => {
    const { store } = await openInMemory();
    await store.appendToStream('a', [event(1, 'm1'), event(2, 'm2')]);
    await expect(store.appendToStream(streamName, events)).rejects.toMatchObject({
      code: 'MESSAGE_ID_CONFLICT',
    });
    expect(store.head()).toBe(2n);
  });
});
