import { invariants } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface FedShop extends Shop {
  handled: number;
}
type Settle = (shop: FedShop) => Promise<void>;

const checkpoint = async ({ log, handled }: FedShop): Promise<void> => {
  const event = { type: 'checkpoint', data: { handled } };
  await log.store.appendToStream('checkpoint', [event]);
};

/** Broken: the feeder takes its own checkpoint for news, and writes the next one for it. */
const feedsOnItself: Settle = async (shop) => {
  if (shop.handled === shop.log.head()) return;
  shop.handled = shop.log.head();
  await checkpoint(shop);
};

/** Mended: only orders are news. */
const feedsOnOrders: Settle = async (shop) => {
  const orders = Number(shop.log.store.streamVersion('orders'));
  if (shop.handled === orders) return;
  shop.handled = orders;
  await checkpoint(shop);
};

const suite = (settle: Settle) =>
  shopSuite({
    name: 'a feeder feeds on its own checkpoints',
    boot: async (env): Promise<FedShop> => ({ log: await openLog(env), handled: 0 }),
    place: async ({ log }, item, id) => ({ position: await log.append(item, id) }),
    settle,
    invariant: (observe) => invariants.rest(observe, { settle, head: ({ log }) => log.head() }),
  });

export const mended = suite(feedsOnOrders);
export default suite(feedsOnItself);
