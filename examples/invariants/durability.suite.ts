import { invariants } from 'powercut';
import { openLog, type Parts, type Shop, shopSuite } from './shop.js';

type Place = Parts<Shop>['place'];

/** Broken: the customer gets the answer before the order is durable. */
const answerAtOnce: Place = async ({ log }, item, id) => {
  void log.append(item, id);
  return { position: log.head() + 1 };
};

/** Mended: the append comes first, and the answer when it has resolved. */
const answerWhenDurable: Place = async ({ log }, item, id) => ({ position: await log.append(item, id) });

const suite = (place: Place) =>
  shopSuite({
    name: 'the answer comes before the append',
    boot: async (env) => ({ log: await openLog(env) }),
    place,
    invariant: invariants.durability,
  });

export const mended = suite(answerWhenDurable);
export default suite(answerAtOnce);
