import { invariants } from 'powercut';
import { openFile, openLog, type Shop, shopSuite } from './shop.js';

interface ScreenShop extends Shop {
  /** The number of orders on the customer's screen. */
  readonly screen: { readonly content: number; save(next: number): Promise<void> };
}
type Start = ({ log, screen }: ScreenShop) => Promise<void>;

/** Broken: the screen shows what it showed last. An order that a crash separated from its screen is missing. */
const trustTheFile: Start = async () => {};

/** Mended: a start brings the screen up to date. */
const catchUp: Start = async ({ log, screen }) => {
  if (screen.content !== log.head()) await screen.save(log.head());
};

/** The customer orders with the version on the screen. Nothing is sent: it is enough to know what the shop would answer. */
const tryAgain = async ({ log, screen }: ScreenShop): Promise<readonly invariants.UserAttempt[]> => {
  const isCurrent = screen.content === log.head();
  const outcome = isCurrent
    ? ({ kind: 'done' } as const)
    : ({ kind: 'refused', error: 'a concurrency error' } as const);
  return [{ did: 'the customer orders once more', outcome, sees: `${screen.content} orders` }];
};

const suite = (start: Start) =>
  shopSuite({
    name: 'the screen is behind after a restart',
    boot: async (env): Promise<ScreenShop> => {
      const shop = { log: await openLog(env), screen: await openFile(env, '/screen', 0) };
      await start(shop);
      return shop;
    },
    place: async ({ log, screen }, item, id) => {
      const position = await log.append(item, id);
      await screen.save(log.head());
      return { position };
    },
    invariant: () => invariants.usable(tryAgain),
  });

export const mended = suite(catchUp);
export default suite(trustTheFile);
