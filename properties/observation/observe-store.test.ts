import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import { exploreInProcess } from '../../sim/explore/campaign/explore-in-process.js';
import type { PerformContext } from '../../sim/suite/suite.js';
import { openEventStore } from '../../src/event-store/index.js';
import { startFeeder } from '../../src/feeder/index.js';
import { testEnvironment } from '../../src/testing/test-environment.js';
import { boundedReplay } from '../invariants/bounded-replay.js';
import { ofStore } from '../invariants/of-store.js';
import { order } from '../invariants/order.js';
import { emptyHistory } from '../testing/invariants.js';
import { openShop, type Receipt, type Shop, type Twin } from '../testing/shop.js';
import { observeStore, type StoreParts } from './observe-store.js';

const BOUNDS = { seed: 1, runs: 2, workloads: 1, maxCrashes: 1, bail: true } as const;

const seen = observeStore((shop: Shop) => shop, {
  outside: [{ handler: 'receipts', messageId: ({ key }: Receipt) => key }],
  replayLimits: { sold: 1 },
});

const sell = (shop: Shop, pieces: number, { index }: PerformContext) => shop.sell(`command-${index}`, pieces);

/** The names of the invariants that a shop breaks. */
const brokenBy = async (twin?: Twin): Promise<readonly string[]> => {
  const suite = defineSuite({
    name: 'a shop',
    disk: 'synced-only', // one image for each crash point: what is not synced is lost
    boot: openShop(twin),
    commands: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 1 }),
    perform: sell,
    settle: seen.settle,
    observe: seen.remember,
    invariants: [...ofStore(seen, { resend: sell }), order(seen.observe), boundedReplay(seen.observe)],
  });
  const { violations, verdict, undecided } = await exploreInProcess(suite, BOUNDS);
  if (verdict === 'undecided') throw new Error(JSON.stringify(undecided));
  return [...new Set(violations.map(({ invariant }) => invariant))].sort();
};

describe('observeStore', () => {
  it('gives the invariants what they need: a shop that survives power cuts keeps them all', async () => {
    expect(await brokenBy()).toEqual([]);
  });

  it.each<[Twin, string]>([
    ['answers before the append is durable', 'durability'],
    ['sends receipts before the append', 'published-is-durable'],
    ['sends receipts after the checkpoint', 'no-loss'],
    ['says that a volatile model is durable', 'checkpoint-safety'],
    ['changes a model beside its projection', 'projection-equality'],
    ['sells again when a command is repeated', 'retry'],
  ])('shows them a shop that %s: %s', async (twin, invariant) => {
    expect(await brokenBy(twin)).toContain(invariant);
  });

  it('takes the promises of answers of another kind from `promised`, and needs neither feeder nor models', async () => {
    const store = await openEventStore(testEnvironment(), '/log');
    await store.appendToStream('s', [{ type: 'T', data: 1, messageId: 'command-0/1of1' }]);
    const promise = { type: 'T', streamName: 's', streamPosition: 1, globalPosition: 1 };
    const { observe, head, settle } = observeStore((parts: StoreParts) => parts, {
      promised: ({ outcome }) => (outcome.status === 'acknowledged' ? [promise] : []),
    });
    const outcomes = [{ status: 'acknowledged', result: null }, { status: 'unknown' }] as const;
    const history = {
      ...emptyHistory,
      commands: outcomes.map((outcome, index) => ({ index, command: null, outcome, attempts: 1 })),
    };
    await settle({ store });
    expect(head({ store })).toBe(1);
    expect(await observe({ store }, history)).toMatchObject({
      log: [{ globalPosition: 1, command: 0 }],
      claims: [{ events: [promise] }, { status: 'unknown', events: [] }],
      readModels: [],
      subscribers: [],
    });
    // Without it the answer `null` promises nothing.
    const { claims } = await observeStore((parts: StoreParts) => parts).observe({ store }, history);
    expect(claims.map(({ events }) => events)).toEqual([[], []]);
  });

  it('wants an effect only of the events that need one, and tells the effects of several handlers apart', async () => {
    const env = testEnvironment();
    const store = await openEventStore(env, '/log');
    await store.appendToStream(
      's',
      ['paid', 'noted', 'paid'].map((type, index) => ({ type, data: null, messageId: `${type}-${index}` })),
    );
    const events = await store.readAll();
    const handle = () => undefined;
    const names = ['receipts', 'letters', 'other'];
    const feeder = await startFeeder(env, store, {
      name: 'main',
      handlers: names.map((name) => ({ name, durability: 'durable', handle })),
    });
    await feeder.idle();
    const { observe } = observeStore((parts: StoreParts) => parts, {
      outside: ['receipts', 'letters'].map((handler) => ({
        handler,
        messageId: (effect: { readonly of: string; readonly id: string }) =>
          effect.of === handler ? effect.id : undefined,
        needsEffect: ({ type }) => type === 'paid',
      })),
    });
    const effects = [{ of: 'receipts', id: events[0]?.metadata.messageId }];
    const { subscribers, published } = await observe(
      { store, feeder: [feeder] },
      { ...emptyHistory, effects },
    );
    const handled = subscribers.map((view) => [1, 2, 3].filter((position) => view.handled.has(position)));
    expect(handled).toEqual([[1, 2], [2], [1, 2, 3]]);
    expect(published).toHaveLength(1);
    expect(published[0]?.effect).toContain('receipts had the effect of "receipts"');
    await feeder.stop();
  });
});
