/**
 * An outbox on better-sqlite3: is a message ever lost, or published for an order that is gone? The honest shop publishes each message at
 * least once: a crash between publishing and marking has it published again. It begins with a checkpoint: a commit that a killed
 * process left in the page cache is seen by the next one, and a power cut may still take it.
 *
 *   npx powercut run examples/sqlite/outbox.suite.ts
 */
import {
  defineSuite,
  fc,
  type History,
  type Invariant,
  type SimulatedEnvironment,
  type Suite,
} from 'powercut';
import { freshProgram } from 'powercut/node-fs';
import type { Shop, ShopSettings } from './programs/outbox.js';

type Program = typeof import('./programs/outbox.js');
type Place = { readonly type: 'place' };
type Orders = History<Place, unknown, number>;
type Promised = Invariant<Shop, Place, unknown, number>;

const isKept: Promised = {
  name: 'durability',
  statement: 'Every acknowledged order is there.',
  check: ({ commands }: Orders, shop) => {
    const orders = new Set(shop.orders());
    const lost = commands.find(
      ({ index, outcome }) => outcome.status === 'acknowledged' && !orders.has(index),
    );
    return lost && `order ${lost.index} was acknowledged, and is gone`;
  },
};

const isPublished: Promised = {
  name: 'no-loss',
  statement: 'When the relay is idle, the message of every order has been published.',
  check: ({ effects }: Orders, shop) => {
    const silent = shop.orders().find((order) => !effects.includes(order));
    return silent === undefined ? undefined : `order ${silent} is there, and its message was never published`;
  },
};

const isOrdered: Promised = {
  name: 'published-is-durable',
  statement: 'Every published message belongs to an order that is there.',
  check: ({ effects }: Orders, shop) => {
    const orders = new Set(shop.orders());
    const ghost = effects.find((order) => !orders.has(order));
    return ghost === undefined
      ? undefined
      : `the message of order ${ghost} was published, and the order is gone`;
  },
};

const suite = (settings: ShopSettings, expected: 'safe' | 'unsafe'): Suite =>
  defineSuite({
    name: `outbox, ${settings.way}, synchronous=${settings.synchronous ?? 'default'}`,
    boot: freshProgram(
      new URL('./programs/outbox.ts', import.meta.url),
      ({ openShop }: Program, env: SimulatedEnvironment<number>) =>
        openShop('/shop.db', settings, async (order) => env.outside(order)),
      { sqlite: true },
    ),
    commands: fc.array(fc.constant<Place>({ type: 'place' }), { minLength: 1, maxLength: 2 }),
    perform: (shop, _command, { index }) => shop.place(index),
    settle: (shop) => shop.relayed(),
    invariants: [isKept, isPublished, isOrdered],
    mustReach: [
      {
        name: 'a message is published again after a crash',
        reached: ({ effectCounts }) => settings.way !== 'outbox' || effectCounts.some((count) => count > 1),
      },
    ],
    describe: () => 'place an order',
    describeEffect: (order) => `the message of order ${order}`,
    disk: 'ext4-delalloc',
    sectorBytes: 4096,
    expected,
  });

export default [
  suite({ way: 'outbox', synchronous: 'FULL' }, 'safe'),
  suite({ way: 'outbox' }, 'unsafe'),
  suite({ way: 'no checkpoint', synchronous: 'FULL' }, 'unsafe'),
  suite({ way: 'marks first', synchronous: 'FULL' }, 'unsafe'),
  suite({ way: 'no outbox', synchronous: 'FULL' }, 'unsafe'),
];
