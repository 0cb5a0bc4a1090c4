import { type History, invariants, type Published, type SimulatedEnvironment } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

interface MailingShop extends Shop {
  readonly send: (id: string) => void;
}
type Place = ({ log, send }: MailingShop, item: string, id: string) => Promise<number>;

/** Broken: the letter is on its way before the order is durable. A crash between the two leaves a letter about nothing. */
const letterFirst: Place = async ({ log, send }, item, id) => {
  send(id);
  return log.append(item, id);
};

/** Mended: first the order, then the letter. */
const orderFirst: Place = async ({ log, send }, item, id) => {
  const position = await log.append(item, id);
  send(id);
  return position;
};

const lettersIn = ({ effects }: History<string>): readonly Published[] =>
  effects.map((id) => ({ messageId: String(id), effect: `a letter about ${id} was sent` }));

const suite = (place: Place) =>
  shopSuite({
    name: 'the letter is sent before the append',
    boot: async (env: SimulatedEnvironment): Promise<MailingShop> => ({
      log: await openLog(env),
      send: (id) => env.outside(id),
    }),
    place: async (shop, item, id) => ({ position: await place(shop, item, id) }),
    seen: (_shop, history) => ({ published: lettersIn(history) }),
    invariant: invariants.publishedIsDurable,
  });

export const mended = suite(orderFirst);
export default suite(letterFirst);
