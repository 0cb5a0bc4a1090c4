/** A program on the store as a user writes it: commands, a feeder, a read model and an effect outside. And its broken twins. */
import type { SimulatedEnvironment } from '../../sim/suite/suite.js';
import { type CommandHandler, commandHandler } from '../../src/command-handler/index.js';
import { globalPosition, streamVersion } from '../../src/event-store/event.js';
import { type Event, type EventStore, openEventStore } from '../../src/event-store/index.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, type FeederHandler, startFeeder } from '../../src/feeder/index.js';
import {
  openReadModel,
  type Projection,
  type ReadModel,
  readModelHandler,
} from '../../src/read-models/index.js';
import { type DeliveryRecorder, recordDeliveries } from '../observation/record-deliveries.js';

export type Sold = Event<'sold', { readonly pieces: number }>;
export type Receipt = { readonly key: string };

export type Twin =
  | 'answers before the append is durable'
  | 'sends receipts before the append'
  | 'sends receipts after the checkpoint'
  | 'says that a volatile model is durable'
  | 'changes a model beside its projection'
  | 'sells again when a command is repeated';

const soldInAll: Projection<number, Sold> = {
  name: 'sold',
  initial: 0,
  evolve: (sum, { data }) => sum + data.pieces,
};

const handler: CommandHandler<number, number, Sold> = commandHandler({
  decide: (pieces: number): Sold => ({ type: 'sold', data: { pieces } }),
  evolve: (sum, { data }) => sum + data.pieces,
  initialState: () => 0,
});

export interface Shop {
  readonly deliveries: DeliveryRecorder;
  readonly store: EventStore;
  readonly feeder: Feeder;
  readonly models: readonly ReadModel<number, Sold>[];
  sell(id: string, pieces: number): ReturnType<typeof handler>;
}

/** Answers as the append will, if the power stays on. */
const hastily = (store: EventStore): EventStore => ({
  ...store,
  readStream: store.readStream.bind(store),
  appendToStream: async (streamName, events, options) => {
    const version = store.streamVersion(streamName);
    const count = events.length;
    void store.appendToStream(streamName, events, options);
    return {
      nextExpectedStreamVersion: streamVersion(version + BigInt(count)),
      lastEventGlobalPosition: globalPosition(numberOf(store.head()) + count),
      createdNewStream: version === 0n,
    };
  },
});

export const openShop =
  (twin?: Twin) =>
  async (env: SimulatedEnvironment<Receipt>): Promise<Shop> => {
    const store = await openEventStore(env, '/log');
    const isDurable = twin !== 'says that a volatile model is durable';
    const model = await openReadModel(
      soldInAll,
      isDurable ? { durability: 'durable', fs: env.fs, directory: '/' } : { durability: 'volatile' },
    );
    const receipts: FeederHandler<Sold> = {
      name: 'receipts',
      durability: 'durable',
      handle: ({ metadata: { messageId: key } }) => {
        if (twin === 'sends receipts before the append') return;
        if (twin === 'sends receipts after the checkpoint')
          env.clock.schedule(60_000, () => env.outside({ key }));
        else env.outside({ key });
      },
    };
    const shown = isDurable
      ? readModelHandler(model)
      : {
          name: 'sold',
          durability: 'durable' as const,
          handle: (event: Parameters<typeof model.apply>[0]) => void model.apply(event),
        };
    const deliveries = recordDeliveries();
    const handlers = deliveries.watch([shown, receipts]);
    const feeder = await startFeeder(env, store, { name: 'shop', handlers });
    const used = twin === 'answers before the append is durable' ? hastily(store) : store;
    return {
      store,
      feeder,
      deliveries,
      models: [model],
      sell: async (id, pieces) => {
        if (twin === 'sends receipts before the append') env.outside({ key: `${id}/0` });
        const commandId = twin === 'sells again when a command is repeated' ? env.random.uuid() : id;
        const handled = await handler(used, 'sales', pieces, { commandId });
        if (twin === 'changes a model beside its projection') {
          await feeder.idle();
          model.replace(model.state + 1, model.position);
        }
        return handled;
      },
    };
  };
