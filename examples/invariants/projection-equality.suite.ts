import { invariants } from 'powercut';
import { openFile, openLog, type Shop, shopSuite } from './shop.js';

interface Sales {
  readonly sold: number;
  readonly upTo: number;
}
interface SalesShop extends Shop {
  readonly sales: { readonly content: Sales; save(next: Sales): Promise<void> };
}
type Evolve = (sales: Sales, position: number) => Sales;

/** Broken: adds one for each delivery. Delivery is at least once, so a repeated event counts twice. */
const countDeliveries: Evolve = ({ sold }, position) => ({ sold: sold + 1, upTo: position });

/** Mended: the state knows which events it includes. */
const countEvents: Evolve = (sales, position) =>
  position > sales.upTo ? { sold: sales.sold + 1, upTo: position } : sales;

const suite = (evolve: Evolve) =>
  shopSuite({
    name: 'a repeated event counts twice',
    boot: async (env): Promise<SalesShop> => {
      const log = await openLog(env);
      const sales = await openFile(env, '/sales', { sold: 0, upTo: 0 });
      // The last event may not be in the file yet, so it is delivered again.
      if (log.head() > 0) await sales.save(evolve(sales.content, log.head()));
      return { log, sales };
    },
    place: async ({ log, sales }, item, id) => {
      const position = await log.append(item, id);
      if (position > sales.content.upTo) await sales.save(evolve(sales.content, position));
      return { position };
    },
    seen: ({ log, sales }) => ({
      readModels: [
        {
          name: 'sales',
          durability: 'durable',
          state: { sold: sales.content.sold },
          position: sales.content.upTo,
          fresh: { sold: log.head() },
        },
      ],
    }),
    invariant: invariants.projectionEquality,
  });

export const mended = suite(countEvents);
export default suite(countDeliveries);
