import { invariants, type Observation } from 'powercut';
import { type Log, openLog, type Shop, shopSuite } from './shop.js';

interface NumberedShop extends Shop {
  readonly nextNumber: () => number;
}
type Numbering = (log: Log) => () => number;

/** Broken: the shop counts its orders in memory, so it begins at 1 after each restart. */
const countedInMemory: Numbering = () => {
  let last = 0;
  return () => ++last;
};

/** Mended: the number follows from the log. */
const countedInTheLog: Numbering = (log) => () => log.head() + 1;

/** The shop's own numbers are the positions of its orders. */
const withNumbers = (log: Observation['log']): Observation['log'] =>
  log.map((event) => {
    const { number } = event.data as { number: number }; // `place` appends it
    return { ...event, streamPosition: number, globalPosition: number };
  });

const suite = (numbering: Numbering) =>
  shopSuite({
    name: 'order numbers begin at 1 after a restart',
    boot: async (env): Promise<NumberedShop> => {
      const log = await openLog(env);
      return { log, nextNumber: numbering(log) };
    },
    place: async ({ log, nextNumber }, item, id) => {
      const number = nextNumber();
      await log.store.appendToStream('orders', [{ type: 'ordered', data: { item, number }, messageId: id }]);
      return { position: number };
    },
    unknown: 'abandon', // a retry would have another number
    seen: async ({ log }) => ({ log: withNumbers(await log.read()) }),
    invariant: invariants.positions,
  });

export const mended = suite(countedInTheLog);
export default suite(countedInMemory);
