import { invariants, type Observation } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface KitchenShop extends Shop {
  /** The positions of the orders that the kitchen got in this life, in this order. */
  readonly delivered: number[];
}
type Sort = (log: Observation['log']) => Observation['log'];

/** Broken: after a restart the kitchen gets the newest order first. */
const newestFirst: Sort = (log) => [...log].reverse();

/** Mended: in the order of the log. */
const inOrder: Sort = (log) => log;

const suite = (sort: Sort) =>
  shopSuite({
    name: 'the newest order comes first after a restart',
    boot: async (env): Promise<KitchenShop> => {
      const log = await openLog(env);
      return { log, delivered: sort(await log.read()).map(({ globalPosition }) => globalPosition) };
    },
    place: async ({ log, delivered }, item, id) => {
      const position = await log.append(item, id);
      delivered.push(position);
      return { position };
    },
    seen: ({ delivered }) => {
      const kitchen = {
        name: 'kitchen',
        durability: 'volatile' as const,
        start: 0,
        appliedAtStart: 0,
        lag: 0,
      };
      return { subscribers: [{ ...kitchen, delivered, handled: new Set(delivered) }] };
    },
    invariant: invariants.order,
  });

export const mended = suite(inOrder);
export default suite(newestFirst);
