import { invariants } from 'powercut';
import { openFile, openLog, type Shop, shopSuite } from './shop.js';

type File<Content> = { readonly content: Content; save(next: Content): Promise<void> };

/** Counts orders in a file. */
interface CountingShop extends Shop {
  readonly counts: File<{ readonly orders: number; readonly upTo: number }>;
  readonly checkpoint: File<number>;
  readonly atStart: { readonly counted: number; readonly checkpoint: number };
}
type Count = ({ counts, checkpoint }: CountingShop, position: number) => Promise<void>;

const countOne = ({ counts }: CountingShop, position: number): Promise<void> =>
  counts.save({ orders: counts.content.orders + 1, upTo: position });

/** Broken: the checkpoint is durable before the work is. A crash between the two skips an order. */
const checkpointFirst: Count = async (shop, position) => {
  await shop.checkpoint.save(position);
  await countOne(shop, position);
};

/** Mended: first the work, then the checkpoint. */
const checkpointLast: Count = async (shop, position) => {
  if (position > shop.counts.content.upTo) await countOne(shop, position);
  await shop.checkpoint.save(position);
};

const suite = (count: Count) =>
  shopSuite({
    name: 'the checkpoint comes before the work',
    boot: async (env): Promise<CountingShop> => {
      const log = await openLog(env);
      const counts = await openFile(env, '/counts', { orders: 0, upTo: 0 });
      const checkpoint = await openFile(env, '/checkpoint', 0);
      const atStart = { counted: counts.content.upTo, checkpoint: checkpoint.content };
      const shop = { log, counts, checkpoint, atStart };
      for (let position = atStart.checkpoint + 1; position <= log.head(); position++)
        await count(shop, position);
      return shop;
    },
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      if (position > shop.checkpoint.content) await count(shop, position);
      return { position };
    },
    seen: ({ counts, atStart }) => ({
      subscribers: [
        {
          name: 'counts',
          durability: 'durable',
          start: atStart.checkpoint,
          appliedAtStart: atStart.counted,
          lag: 0,
          delivered: [],
          handled: { has: (position) => position <= counts.content.upTo },
        },
      ],
    }),
    invariant: invariants.checkpointSafety,
  });

export const mended = suite(checkpointLast);
export default suite(checkpointFirst);
