import { invariants, type Wait } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface ListShop extends Shop {
  readonly waits: Wait[];
  /** The last order on the list that customers see. It lags. */
  listed: number;
  readonly wait: (ms: number) => Promise<void>;
}
type WaitFor = (shop: ListShop, position: number) => Promise<void>;

/** Broken: resolves after a while, whatever the list shows. */
const waitSomeTime: WaitFor = (shop) => shop.wait(5);

/** Mended: resolves when the list shows the order. */
const waitUntilListed: WaitFor = async (shop, position) => {
  while (shop.listed < position) await shop.wait(5);
};

const LIST_DELAY_MS = 20;

const suite = (waitFor: WaitFor) =>
  shopSuite({
    name: 'the list is read too early',
    boot: async (env): Promise<ListShop> => {
      const wait = (ms: number) => new Promise<void>((resolve) => void env.clock.schedule(ms, resolve));
      const log = await openLog(env);
      return { log, waits: [], listed: log.head(), wait };
    },
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      void shop.wait(LIST_DELAY_MS).then(() => {
        shop.listed = Math.max(shop.listed, position);
      });
      await waitFor(shop, position);
      const { listed: included } = shop;
      shop.waits.push({ model: 'the list', position, outcome: 'resolved', included, stopped: false });
      return { position };
    },
    seen: ({ waits }) => ({ waits }),
    invariant: invariants.readYourWrites,
  });

export const mended = suite(waitUntilListed);
export default suite(waitSomeTime);
