import { invariants } from 'powercut';
import { openFile, openLog, type Shop, shopSuite } from './shop.js';

interface File {
  readonly content: number;
  save(next: number): Promise<void>;
}
interface PrintingShop extends Shop {
  readonly printed: File;
  readonly checkpoint: File;
  readonly appliedAtStart: number;
  readonly start: number;
  readonly delivered: number[];
}
type Checkpoint = (shop: PrintingShop, position: number) => Promise<void>;

/** Broken: a checkpoint is due only when the shop closes in good order, which a crash never lets it do. */
const atTheEnd: Checkpoint = async () => {};

/** Mended: one checkpoint for each order. */
const always: Checkpoint = ({ checkpoint }, position) => checkpoint.save(position);

const print = async (shop: PrintingShop, position: number, save: Checkpoint): Promise<void> => {
  shop.delivered.push(position);
  if (position > shop.printed.content) await shop.printed.save(position);
  await save(shop, position);
};

const suite = (save: Checkpoint) =>
  shopSuite({
    name: 'no checkpoint is written before a crash',
    boot: async (env): Promise<PrintingShop> => {
      const log = await openLog(env);
      const printed = await openFile(env, '/printed', 0);
      const checkpoint = await openFile(env, '/checkpoint', 0);
      const [appliedAtStart, start] = [printed.content, checkpoint.content];
      const shop = { log, printed, checkpoint, appliedAtStart, start, delivered: [] };
      for (let position = start + 1; position <= log.head(); position++) await print(shop, position, save);
      return shop;
    },
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      if (!shop.delivered.includes(position)) await print(shop, position, save);
      return { position };
    },
    seen: ({ printed, delivered, start, appliedAtStart }) => ({
      subscribers: [
        {
          name: 'printer',
          durability: 'durable',
          start,
          appliedAtStart,
          lag: 0,
          delivered,
          handled: { has: (position) => position <= printed.content },
          replayLimit: 1,
        },
      ],
    }),
    invariant: invariants.boundedReplay,
  });

export const mended = suite(always);
export default suite(atTheEnd);
