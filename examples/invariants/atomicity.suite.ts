import { invariants, type Observation } from 'powercut';
import type { AppendResult } from 'powercut/store';
import { type Log, openLog, shopSuite } from './shop.js';

type Order = ({ store }: Log, item: string, id: string) => Promise<AppendResult | undefined>;

const events = (item: string, id: string) => [
  { type: 'ordered', data: { item }, messageId: `${id}/ordered` },
  { type: 'paid', data: { item }, messageId: `${id}/paid` },
];

/** Broken: the two events of an order are two appends, so a crash can come between them. */
const twoAppends: Order = async ({ store }, item, id) => {
  let result: AppendResult | undefined;
  for (const event of events(item, id)) result = await store.appendToStream('orders', [event]);
  return result;
};

/** Mended: one append. */
const oneAppend: Order = ({ store }, item, id) => store.appendToStream('orders', events(item, id));

/** Both events of an order belong to one batch. */
const withBatches = (log: Observation['log']): Observation['log'] =>
  log.map((event) => ({ ...event, batch: { id: event.messageId.split('/', 1).join(), size: 2 } }));

const suite = (order: Order) =>
  shopSuite({
    name: 'an order is two appends',
    boot: async (env) => ({ log: await openLog(env) }),
    place: async ({ log }, item, id) => ({
      position: Number((await order(log, item, id))?.lastEventGlobalPosition),
    }),
    seen: async ({ log }) => ({ log: withBatches(await log.read()) }),
    invariant: invariants.atomicity,
  });

export const mended = suite(oneAppend);
export default suite(twoAppends);
