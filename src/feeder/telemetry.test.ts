import { metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEventStore } from '../event-store/open-event-store.js';
import { testEnvironment } from '../testing/test-environment.js';
import { startFeeder } from './feeder.js';
import { observeFeeder } from './telemetry.js';

/** Reads on demand. */
class ReadNow extends MetricReader {
  protected override onForceFlush = async (): Promise<void> => {};
  protected override onShutdown = async (): Promise<void> => {};
}

/** OpenTelemetry's own meter, got as any program gets it, and what it has collected. */
const meter = () => {
  const reader = new ReadNow();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  onTestFinished(() => metrics.disable());
  const collect = async (): Promise<Record<string, unknown>> => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const points = resourceMetrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ value, attributes }) => [
          [descriptor.name.replace('powercut.feeder.', ''), ...Object.values(attributes)].join(' '),
          value,
        ]),
      ),
    );
    return Object.fromEntries(points) as Record<string, unknown>; // pairs, each begun with a text
  };
  return { created: metrics.getMeter('orders'), collect };
};

describe('observeFeeder', () => {
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
    expect(await collect()).toMatchObject({
      'lag news good': expect.any(Number),
      'lag news bad': 4, // two events, the parked one's record, the checkpoint
      'in_flight news bad': 2,
      'position news good': 3,
      'position news bad': 1,
      'checkpoints news': 1,
      'parked news': 1,
    });
    callOff();
    await store.appendToStream('s', [{ type: 'happened', data: 4 }]);
    await feeder.waitFor(store.head(), { handler: 'good' });
    // The meter keeps reporting the last value.
    expect(await collect()).toMatchObject({ 'position news good': 3 });
  });
});
