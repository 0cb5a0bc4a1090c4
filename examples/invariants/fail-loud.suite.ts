import { type DamagedStart, invariants } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

/** From the text of a checkpoint to the position to go on after. `head` is the end of the log. */
type Read = (text: string, head: number) => number;

/** Broken: a checkpoint that it can't read is no checkpoint, so all orders are delivered again. */
const startAgain: Read = (text) => Number(text) || 0;

/** Mended: an error with a code, and an operator decides. */
const refuse: Read = (text, head) => {
  const position = Number(text);
  if (Number.isInteger(position) && position <= head) return position;
  throw Object.assign(new Error(`The checkpoint "${text}" fits no log of ${head}.`), {
    code: 'CHECKPOINT_BROKEN',
  });
};

const DAMAGED: readonly (readonly [damage: string, text: string])[] = [
  ['holds letters', 'abc'],
  ['names a position beyond the log', '999'],
];

const suite = (read: Read) =>
  shopSuite({
    name: 'a damaged checkpoint counts as none',
    boot: async (env): Promise<Shop> => ({ log: await openLog(env) }),
    place: async ({ log }, item, id) => ({ position: await log.append(item, id) }),
    seen: ({ log }) => ({
      starts: DAMAGED.map(([damage, text]): DamagedStart => {
        try {
          read(text, log.head());
          return { damage, refusedWith: undefined };
        } catch (error) {
          return { damage, refusedWith: error instanceof Error && 'code' in error ? String(error.code) : '' };
        }
      }),
    }),
    invariant: invariants.failLoud,
  });

export const mended = suite(refuse);
export default suite(startAgain);
