import { invariants, type Observation } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface Handler {
  readonly name: string;
  readonly handled: Set<number>;
  /** @throws Error for an item that it can't work with */
  handle(item: string): void;
}
interface BusShop extends Shop {
  readonly handlers: readonly Handler[];
  readonly parked: { subscriber: string; globalPosition: number }[];
}
type Publish = (
  { handlers, parked }: Pick<BusShop, 'handlers' | 'parked'>,
  event: Observation['log'][number],
) => void;

const itemOf = ({ data }: Observation['log'][number]): string => (data as { item: string }).item; // `append` writes it

/** Broken: the first handler that fails ends the round, and the handlers after it get nothing. */
const stopAtTheFirstFailure: Publish = ({ handlers, parked }, event) => {
  const { globalPosition } = event;
  for (const { name, handled, handle } of handlers) {
    try {
      handle(itemOf(event));
      handled.add(globalPosition);
    } catch {
      parked.push({ subscriber: name, globalPosition });
      return;
    }
  }
};

/** Mended: each handler has a round of its own. */
const goOn: Publish = ({ handlers, parked }, event) => {
  for (const handler of handlers) stopAtTheFirstFailure({ handlers: [handler], parked }, event);
};

const suite = (publish: Publish) =>
  shopSuite({
    name: 'one handler fails',
    boot: async (env): Promise<BusShop> => {
      const log = await openLog(env);
      const baker: Handler = {
        name: 'baker',
        handled: new Set(),
        handle: (item) => {
          if (item === 'milk') throw new Error('The baker has no milk.');
        },
      };
      const till: Handler = { name: 'till', handled: new Set(), handle: () => {} };
      const shop = { log, handlers: [baker, till], parked: [] };
      for (const event of await log.read()) publish(shop, event);
      return shop;
    },
    place: async (shop, item, id) => {
      const position = await shop.log.append(item, id);
      const event = (await shop.log.read()).find(({ globalPosition }) => globalPosition === position);
      if (event !== undefined) publish(shop, event);
      return { position };
    },
    seen: ({ handlers, parked }) => ({
      parked,
      subscribers: handlers.map(({ name, handled }) => ({
        name,
        durability: 'volatile',
        start: 0,
        appliedAtStart: 0,
        lag: 0,
        delivered: [],
        handled,
      })),
    }),
    invariant: invariants.isolation,
  });

export const mended = suite(goOn);
export default suite(stopAtTheFirstFailure);
