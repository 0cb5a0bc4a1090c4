import { afterEach, describe, expect, it } from 'vitest';
import { globalPosition } from '../../src/event-store/event.js';
import { BEGINNING, type EventStore, openEventStore } from '../../src/event-store/index.js';
import { type Feeder, type FeederHandler, startFeeder } from '../../src/feeder/index.js';
import { testEnvironment } from '../../src/testing/test-environment.js';
import { boundedReplay } from '../invariants/bounded-replay.js';
import { order } from '../invariants/order.js';
import { emptyHistory } from '../testing/invariants.js';
import { observeStore, type StoreParts } from './observe-store.js';
import { type DeliveryRecorder, recordDeliveries } from './record-deliveries.js';

let feeder: Feeder | undefined;
afterEach(() => feeder?.stop());

const handler: FeederHandler = { name: 'one', durability: 'durable', handle: () => undefined };

/** A store with three events, which a feeder has handed to one handler. */
const started = async (deliveries: DeliveryRecorder): Promise<{ store: EventStore; feeder: Feeder }> => {
  const env = testEnvironment();
  const store = await openEventStore(env, '/log');
  await store.appendToStream(
    's',
    [0, 1, 2].map((data) => ({ type: 'T', data })),
  );
  feeder = await startFeeder(env, store, { name: 'main', handlers: deliveries.watch([handler]) });
  await feeder.idle();
  return { store, feeder };
};

const brokenBy = (parts: StoreParts, replayLimit = 0): Promise<readonly unknown[]> => {
  const { observe } = observeStore((given: StoreParts) => given, { replayLimits: { one: replayLimit } });
  return Promise.all(
    [order, boundedReplay].map((rule) => rule(observe).check({ ...emptyHistory }, parts, 'at-rest')),
  );
};

/** Hands events to a handler as a faulty feeder would. */
const handing = async (
  store: EventStore,
  positions: readonly number[],
  changes: Partial<FeederHandler> = {},
): Promise<DeliveryRecorder> => {
  const deliveries = recordDeliveries();
  const events = await store.readAll();
  for (const watched of deliveries.watch([{ ...handler, ...changes }])) {
    watched.started?.(BEGINNING);
    for (const position of positions)
      for (const event of events.slice(position - 1, position)) await watched.handle(event);
  }
  return deliveries;
};

describe('recordDeliveries', () => {
  it('records what a feeder hands to a handler, and order and boundedReplay hold', async () => {
    const deliveries = recordDeliveries();
    const parts = await started(deliveries);
    expect(deliveries.of('one')).toEqual({ positions: [1, 2, 3], appliedAtStart: undefined });
    expect(deliveries.of('two')).toBe(undefined);
    expect(await brokenBy({ ...parts, deliveries })).toEqual([undefined, undefined]);
  });

  it('shows order a handler that is handed an event after a later one', async () => {
    const parts = await started(recordDeliveries());
    const deliveries = await handing(parts.store, [3, 1]);
    const [broken] = await brokenBy({ ...parts, deliveries });
    expect(broken).toBe('one began with the log and was first handed position 3, not 1');
  });

  it('shows boundedReplay a handler that is handed again more of its own record than its limit', async () => {
    const parts = await started(recordDeliveries());
    const position = () => globalPosition(2);
    const deliveries = await handing(parts.store, [1, 2, 3], { position });
    expect(deliveries.of('one')?.appliedAtStart).toBe(2);
    const [, broken] = await brokenBy({ ...parts, deliveries }, 1);
    expect(broken).toBe('one was handed 2 events again that it had durably applied; at most 1 may be');
    expect(await brokenBy({ ...parts, deliveries }, 2)).toEqual([undefined, undefined]);
  });

  it('leaves the handlers what they are', async () => {
    const own = { ...handler, flush: async () => undefined, timeoutMs: 5, check: async () => undefined };
    const [watched] = recordDeliveries().watch([own]);
    expect(Object.keys(watched ?? {}).sort()).toEqual([...Object.keys(own), 'started'].sort());
  });
});
