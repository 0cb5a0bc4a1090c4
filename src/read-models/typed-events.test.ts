/** Events with types of a program's own, from append to read model: checked by `tsc`, and run to see that JSON is checked, too. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Event, EventData, RecordedEvent } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { openEventStore } from '../event-store/open-event-store.js';
import { type FeederHandler, startFeeder } from '../feeder/feeder.js';
import { createMessageBus } from '../message-bus/message-bus.js';
import { testEnvironment } from '../testing/test-environment.js';
import { readModelHandler } from './handler.js';
import { type Projection, project } from './projection.js';
import { projectionSpec } from './projection-spec.js';
import { openReadModel } from './read-model.js';

/** Interfaces, which have no index signature: no type can hold them to being JSON. */
interface Order {
  readonly item: string;
  readonly pieces: number;
}
interface Shipment {
  readonly carrier: string;
}
type OrderEvent = Event<'placed', Order> | Event<'shipped', Shipment>;

interface Overview {
  readonly pieces: number;
  readonly carriers: readonly string[];
}

const overview: Projection<Overview, OrderEvent> = {
  name: 'overview',
  initial: { pieces: 0, carriers: [] },
  evolve: (state, event) =>
    event.type === 'placed'
      ? { ...state, pieces: state.pieces + event.data.pieces }
      : { ...state, carriers: [...state.carriers, event.data.carrier] },
};

const order: Order = { item: 'tea', pieces: 2 };
const placed: Event<'placed', Order> = { type: 'placed', data: order };
const shipped: OrderEvent = { type: 'shipped', data: { carrier: 'Ann' } };
const SHOWN: Overview = { pieces: 2, carriers: ['Ann'] };

const withOrder = async (): Promise<{
  readonly env: ReturnType<typeof testEnvironment>;
  store: EventStore;
}> => {
  const env = testEnvironment();
  const store = await openEventStore(env, '/data');
  await store.appendToStream<OrderEvent>('order-1', [placed, { ...shipped, messageId: 'shipped' }]);
  return { env, store };
};

describe('EventStore: events of a type of the program', () => {
  test('are appended and read back, by stream, as a whole and as they come', async () => {
    const { store } = await withOrder();
    const { events } = await store.readStream<OrderEvent>('order-1');
    expectTypeOf(events).toEqualTypeOf<readonly RecordedEvent<OrderEvent>[]>();
    const [first] = events;
    expect(first?.type === 'placed' && first.data.pieces).toBe(2);
    expect(project(overview, await store.readAll<OrderEvent>())).toEqual(SHOWN);
    for await (const event of store.subscribeToAll<OrderEvent>()) {
      expectTypeOf(event).toEqualTypeOf<RecordedEvent<OrderEvent>>();
      expect(event.data).toEqual(order);
      break;
    }
  });

  test('are appended without a type, too, and to several streams', async () => {
    const { store } = await withOrder();
    const [first] = await store.appendToStreams([
      { streamName: 'order-2', events: [placed] },
      { streamName: 'sums', events: [{ type: 'counted', data: 1 }] },
    ]);
    expect(first?.createdNewStream).toBe(true);
    const { events } = await store.readStream('sums');
    expectTypeOf(events).toEqualTypeOf<readonly RecordedEvent[]>();
    expect(events[0]?.data).toBe(1);
  });

  test('reach projections, read models, feeders and buses', async () => {
    const { env, store } = await withOrder();
    const model = await openReadModel(overview, { durability: 'volatile' });
    const items: string[] = [];
    const listing: FeederHandler<OrderEvent> = {
      name: 'listing',
      durability: 'volatile',
      handle: (event) => void (event.type === 'placed' && items.push(event.data.item)),
    };
    const feeder = await startFeeder(env, store, {
      name: 'main',
      handlers: [readModelHandler(model), listing],
    });
    await feeder.idle();
    await feeder.stop();
    expectTypeOf(model.state).toEqualTypeOf<Overview>();
    expect(model.state).toEqual(SHOWN);
    expect(items).toEqual(['tea']);

    const carriers: string[] = [];
    const bus = createMessageBus<RecordedEvent<OrderEvent>>({
      subscribers: [
        {
          name: 'carriers',
          handle: (event) => void (event.type === 'shipped' && carriers.push(event.data.carrier)),
        },
      ],
      clock: env.clock,
      park: async () => {},
    });
    expectTypeOf(bus.publish).returns.toEqualTypeOf<Promise<void>>();
    for (const event of await store.readAll<OrderEvent>({ systemStreams: false })) await bus.publish(event);
    expect(carriers).toEqual(['Ann']);
  });

  test('are what a specification of a projection is written in', async () => {
    await projectionSpec(overview).given([placed]).when([shipped]).thenState(SHOWN);
    // @ts-expect-error no such event
    const spec = projectionSpec(overview).given([{ type: 'lost', data: order }]);
    await expect(spec.thenState(SHOWN)).rejects.toMatchObject({ code: 'PROJECTION_SPEC' });
  });

  test('of another type are refused by the compiler, and kept by a store that knows no types', async () => {
    const { store } = await withOrder();
    // @ts-expect-error an order has pieces
    const halfAnOrder: readonly EventData<OrderEvent>[] = [{ type: 'placed', data: { item: 'tea' } }];
    // @ts-expect-error it is no order event
    await store.appendToStream<OrderEvent>('order-1', [{ type: 'counted', data: 1 }]);
    await store.appendToStream('order-1', halfAnOrder);
    const { events } = await store.readStream<OrderEvent>('order-1');
    // @ts-expect-error the type of the event must be checked first
    expect(events[3]?.data.item).toBe('tea');
    expectTypeOf<FeederHandler<Event<'counted', number>>>().not.toExtend<FeederHandler<OrderEvent>>();
  });

  test('whose data is not JSON are refused when they are appended, by the path of the value', async () => {
    const { store } = await withOrder();
    const dated = { type: 'placed', data: { ...order, at: new Date(0) } };
    await expect(store.appendToStream('order-1', [dated])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^data\.at is an? /),
    });
    expect((await store.readStream('order-1')).events).toHaveLength(2);
  });
});
