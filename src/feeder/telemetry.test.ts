import { describe, expect, it } from 'vitest';
import { openEventStore } from '../event-store/open-event-store.js';
import { testEnvironment } from '../testing/test-environment.js';
import { startFeeder } from './feeder.js';
import { type Meter, type ObservableInstrument, type ObservableResult, observeFeeder } from './telemetry.js';

/** A meter that can be read at once. */
const meter = () => {
  const callbacks = new Map<string, Set<(result: ObservableResult) => void>>();
  const create = (name: string): ObservableInstrument => {
    const own = new Set<(result: ObservableResult) => void>();
    callbacks.set(name, own);
    return {
      addCallback: (callback) => own.add(callback),
      removeCallback: (callback) => own.delete(callback),
    };
  };
  const collect = (): Record<string, number> => {
    const values: Record<string, number> = {};
    for (const [name, all] of callbacks) {
      const observe: ObservableResult['observe'] = (value, attributes = {}) => {
        values[[name.replace('powercut.feeder.', ''), ...Object.values(attributes)].join(' ')] = value;
      };
      for (const callback of all) callback({ observe });
    }
    return values;
  };
  const created: Meter = { createObservableGauge: create, createObservableCounter: create };
  return { created, collect };
};

describe('the metrics of a feeder', () => {
  it('tell lag, progress, checkpoints and parked events, for each handler, until they are called off', async () => {
    const env = testEnvironment();
    const store = await openEventStore(env, '/log', { segmentBytes: 1 << 16 });
    for (const data of [1, 2, 3]) await store.appendToStream('s', [{ type: 'happened', data }]);
    const stuck = new Promise<void>(() => {});
    const feeder = await startFeeder(env, store, {
      name: 'news',
      handlers: [
        { name: 'good', durability: 'durable', handle: () => {} },
        {
          name: 'bad',
          durability: 'durable',
          handle: ({ data }) => (data === 1 ? Promise.reject(new Error()) : stuck),
        },
      ],
      retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 },
      checkpoint: { everyEvents: 1 },
    });
    const { created, collect } = meter();
    const callOff = observeFeeder(created, feeder);
    await feeder.waitFor(store.head(), { handler: 'good' });
    while (feeder.checkpointWrites === 0) await env.fs.readdir('/log');
    expect(collect()).toMatchObject({
      'lag news good': expect.any(Number),
      'lag news bad': 4, // two events, the parked one's record, the checkpoint
      'in_flight news bad': 2,
      'position news good': 3,
      'position news bad': 1,
      'checkpoints news': 1,
      'parked news': 1,
    });
    callOff();
    expect(collect()).toEqual({});
  });
});
