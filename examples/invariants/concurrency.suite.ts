import { invariants, type Race } from 'powercut';
import { NO_CONCURRENCY_CHECK } from 'powercut/store';
import { type Log, openLog, type Shop, shopSuite } from './shop.js';

interface Auction extends Shop {
  readonly races: Race[];
}
/** Sells one item to a bidder, if no sale has happened since `version`. */
type Sell = (log: Log, item: string, id: string, version: number) => Promise<number>;

/** Broken: checks, then acts. Both bidders pass the check before either append is done. */
const checkThenAct: Sell = async (log, item, id, version) => {
  if ((await log.read()).length !== version) throw new Error('It is sold already.');
  return log.append(item, id, { expectedStreamVersion: NO_CONCURRENCY_CHECK });
};

/** Mended: the store compares the version in the append itself. */
const compareInTheAppend: Sell = (log, item, id, version) =>
  log.append(item, id, { expectedStreamVersion: BigInt(version) });

const suite = (sell: Sell) =>
  shopSuite({
    name: 'two bidders buy one item',
    boot: async (env): Promise<Auction> => ({ log: await openLog(env), races: [] }),
    unknown: 'abandon',
    place: async ({ log, races }, item, id) => {
      const version = log.head();
      const bids = [`${id}/ann`, `${id}/bob`];
      const answers = await Promise.allSettled(bids.map((bid) => sell(log, item, bid, version)));
      races.push({
        streamName: 'orders',
        contenders: answers.map(({ status }, at) => ({
          messageId: bids[at] ?? '',
          succeeded: status === 'fulfilled',
        })),
      });
      return { position: version + 1 };
    },
    seen: ({ races }) => ({ races }),
    invariant: invariants.concurrency,
  });

export const mended = suite(compareInTheAppend);
export default suite(checkThenAct);
