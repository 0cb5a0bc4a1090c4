import { invariants } from 'powercut';
import { openFile, openLog, type Shop, shopSuite } from './shop.js';

interface FeedingShop extends Shop {
  readonly checkpoint: { readonly content: number; save(next: number, isDurable?: boolean): Promise<void> };
}
type Save = ({ checkpoint }: FeedingShop, position: number) => Promise<void>;

/** Broken: the directory is never synced. The next life can find an older checkpoint than this one showed. */
const withoutSync: Save = ({ checkpoint }, position) => checkpoint.save(position, false);

/** Mended: the new checkpoint counts when it is durable. */
const withSync: Save = ({ checkpoint }, position) => checkpoint.save(position);

const suite = (save: Save) =>
  shopSuite({
    name: 'the checkpoint is never synced',
    boot: async (env): Promise<FeedingShop> => ({
      log: await openLog(env),
      checkpoint: await openFile<number>(env, '/checkpoint', 0),
    }),
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      await save(shop, position);
      return { position };
    },
    seen: ({ checkpoint: { content: position }, log }) => ({
      checkpoints: [
        {
          feeder: 'kitchen',
          subscribers: [],
          atStart: position,
          writes: [{ position, reset: false, globalPosition: log.head() + 1 }],
        },
      ],
    }),
    invariant: invariants.monotonicity,
  });

export const mended = suite(withSync);
export default suite(withoutSync);
