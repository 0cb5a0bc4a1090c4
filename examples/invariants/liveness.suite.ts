import { invariants } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface FedShop extends Shop {
  handled: number;
  /** The work under way. */
  working: Promise<void> | undefined;
  readonly wait: (ms: number) => Promise<void>;
}
type Work = (shop: FedShop) => Promise<void>;

/** Broken: looks at the log once. An order that arrives while it works wakes no other call. */
const once: Work = async (shop) => {
  const head = shop.log.head();
  await shop.wait(10);
  shop.handled = head;
};

/** Mended: looks again until there is no new order. */
const untilDone: Work = async (shop) => {
  while (shop.handled < shop.log.head()) await once(shop);
};

const wake = (shop: FedShop, work: Work): void => {
  shop.working ??= work(shop).finally(() => {
    shop.working = undefined;
  });
};

const suite = (work: Work) =>
  shopSuite({
    name: 'an order arrives while the kitchen works',
    boot: async (env): Promise<FedShop> => {
      const wait = (ms: number) => new Promise<void>((resolve) => void env.clock.schedule(ms, resolve));
      const shop = { log: await openLog(env), handled: 0, working: undefined, wait };
      wake(shop, work);
      return shop;
    },
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      wake(shop, work);
      return { position };
    },
    settle: async ({ working }) => working,
    seen: ({ log, handled }) => ({
      subscribers: [
        {
          name: 'kitchen',
          durability: 'volatile',
          start: 0,
          appliedAtStart: 0,
          lag: log.head() - handled,
          delivered: [],
          handled: { has: (position) => position <= handled },
        },
      ],
    }),
    invariant: invariants.liveness,
  });

export const mended = suite(untilDone);
export default suite(once);
