/**
 * A feeder's lag and rates as metrics. The meter is OpenTelemetry's own (`metrics.getMeter(...)` of
 * `@opentelemetry/api`, an optional peer). Only the part that is used here is declared, and nothing of it is loaded.
 */
import { numberOf } from '../event-store/position.js';
import type { Feeder } from './feeder.js';

type Attributes = Readonly<Record<string, string>>;

/** What is read when metrics are collected. */
export interface ObservableResult {
  /** Reports the value of the instrument, for one set of attributes. */
  observe(value: number, attributes?: Attributes): void;
}

/** An instrument whose callbacks report its value at each collection. */
export interface ObservableInstrument {
  /** Adds a callback, called at each collection. */
  addCallback(callback: (result: ObservableResult) => void): void;
  /** Removes a callback that was added before. */
  removeCallback(callback: (result: ObservableResult) => void): void;
}

/** The part of OpenTelemetry's `Meter` that the feeder's metrics need. */
export interface Meter {
  /** Makes an instrument for a value that goes up and down. */
  createObservableGauge(
    name: string,
    options?: { description?: string; unit?: string },
  ): ObservableInstrument;
  /** Makes an instrument for a sum that only grows. */
  createObservableCounter(
    name: string,
    options?: { description?: string; unit?: string },
  ): ObservableInstrument;
}

/** Reports a feeder until the returned function is called. Costs nothing but when metrics are collected. */
export const observeFeeder = (meter: Meter, feeder: Feeder): (() => void) => {
  const own = { feeder: feeder.name };
  const eachHandler =
    (measure: (handler: Feeder['handlers'][number]) => number) =>
    (result: ObservableResult): void => {
      for (const handler of feeder.handlers)
        result.observe(measure(handler), { ...own, handler: handler.name });
    };
  const metrics = [
    {
      instrument: meter.createObservableGauge('powercut.feeder.lag', {
        description: 'Positions of the log that a handler is behind',
        unit: '{position}',
      }),
      callback: eachHandler((handler) => feeder.lag(handler.name)),
    },
    {
      instrument: meter.createObservableGauge('powercut.feeder.in_flight', {
        description: 'Events handed to a handler and not settled yet',
        unit: '{event}',
      }),
      callback: eachHandler((handler) => handler.pending),
    },
    {
      instrument: meter.createObservableCounter('powercut.feeder.position', {
        description: 'The position that a handler has reached: its rate is that of delivery',
        unit: '{position}',
      }),
      callback: eachHandler((handler) => numberOf(handler.position)),
    },
    {
      instrument: meter.createObservableCounter('powercut.feeder.checkpoints', {
        description: 'Checkpoints written',
        unit: '{checkpoint}',
      }),
      callback: (result: ObservableResult) => result.observe(feeder.checkpointWrites, own),
    },
    {
      instrument: meter.createObservableCounter('powercut.feeder.parked', {
        description: 'Events that handlers gave up on',
        unit: '{event}',
      }),
      callback: (result: ObservableResult) => result.observe(feeder.parked, own),
    },
  ];
  for (const { instrument, callback } of metrics) instrument.addCallback(callback);
  return () => {
    for (const { instrument, callback } of metrics) instrument.removeCallback(callback);
  };
};
