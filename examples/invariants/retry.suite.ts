import { invariants } from 'powercut';
import { openLog, type Parts, type Shop, shopSuite } from './shop.js';

type Place = Parts<Shop>['place'];

/** Broken: each attempt gets an id of its own, so the store takes a second attempt for a second order. */
const freshId: Place = async ({ log }, item, id) => ({
  position: await log.append(item, `${id}/${log.head()}`),
});

/** Mended: the id belongs to the order, and the client sends it with each attempt. */
const idOfTheOrder: Place = async ({ log }, item, id) => ({ position: await log.append(item, id) });

const suite = (place: Place) =>
  shopSuite({
    name: 'a second attempt is a second order',
    boot: async (env) => ({ log: await openLog(env) }),
    place,
    invariant: (observe) =>
      invariants.retry(observe, {
        resend: (shop, { command, index }) => place(shop, command, `order-${index}`),
        head: ({ log }) => log.head(),
        describe: (item) => `order ${item}`,
      }),
  });

export const mended = suite(idOfTheOrder);
export default suite(freshId);
