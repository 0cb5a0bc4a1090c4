import { type History, invariants, type SimulatedEnvironment } from 'powercut';
import { type Log, openLog, type Shop, shopSuite } from './shop.js';

interface MailingShop extends Shop {
  readonly send: (position: number) => void;
}
type Start = (log: Log, send: (position: number) => void) => Promise<void>;

/** Broken: only `place` sends letters. A crash after the append and before the letter loses the letter. */
const sendNothing: Start = async () => {};

/** Mended: a start sends the letters of all orders again. The receiver recognises repeats by the number. */
const sendAllAgain: Start = async (log, send) => {
  for (const { globalPosition } of await log.read()) send(globalPosition);
};

/** The letters that were sent, in any life: no crash takes a letter back. */
const sentIn = ({ effects }: History<string>): ReadonlySet<number> => new Set(effects.map(Number));

const suite = (start: Start) =>
  shopSuite({
    name: 'letters are sent after the append',
    boot: async (env: SimulatedEnvironment): Promise<MailingShop> => {
      const log = await openLog(env);
      const send = (position: number): void => env.outside(position);
      await start(log, send);
      return { log, send };
    },
    place: async ({ log, send }, item, id) => {
      const position = await log.append(item, id);
      send(position);
      return { position };
    },
    seen: (_shop, history) => {
      const letters = {
        name: 'letters',
        durability: 'outside' as const,
        start: 0,
        appliedAtStart: 0,
        lag: 0,
      };
      return { subscribers: [{ ...letters, delivered: [], handled: sentIn(history) }] };
    },
    invariant: invariants.noLoss,
  });

export const mended = suite(sendAllAgain);
export default suite(sendNothing);
