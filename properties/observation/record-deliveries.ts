/** Records what a feeder hands to its handlers in one life: `order` and `boundedReplay` need every single delivery. */
import type { AnyEvent } from '../../src/event-store/event.js';
import { numberOf } from '../../src/event-store/position.js';
import type { FeederHandler } from '../../src/feeder/contract.js';

/** What one handler was handed. */
export interface Deliveries {
  /** The positions, in their order, repeats included. */
  readonly positions: readonly number[];
  /** Where the handler stood by its own record when the feeder started; undefined for one that keeps no record. */
  readonly appliedAtStart: number | undefined;
}

/** Made in `boot`, as it is of one life, and returned among the parts of the system. */
export interface DeliveryRecorder {
  /** The same handlers, which record what they are handed. */
  readonly watch: <E extends AnyEvent>(handlers: readonly FeederHandler<E>[]) => readonly FeederHandler<E>[];
  /** The deliveries to the handler of a name; undefined: it is not watched. */
  of(handler: string): Deliveries | undefined;
}

/**
 * Makes a recorder.
 *
 * @example
 * ```ts
 * const deliveries = observation.recordDeliveries();
 * const feeder = await startFeeder(env, store, { name: 'orders', handlers: deliveries.watch(handlers) });
 * return { store, feeder, models, deliveries };
 * ```
 */
export const recordDeliveries = (): DeliveryRecorder => {
  const known = new Map<string, { positions: number[]; appliedAtStart: number | undefined }>();
  const watched = <E extends AnyEvent>(handler: FeederHandler<E>): FeederHandler<E> => {
    const deliveries: { positions: number[]; appliedAtStart: number | undefined } = {
      positions: [],
      appliedAtStart: undefined,
    };
    known.set(handler.name, deliveries);
    const { check, position, flush, concurrency, timeoutMs } = handler;
    return {
      name: handler.name,
      durability: handler.durability,
      ...(check === undefined ? {} : { check: check.bind(handler) }),
      ...(position === undefined ? {} : { position: position.bind(handler) }),
      started: (after) => {
        deliveries.appliedAtStart = position === undefined ? undefined : numberOf(position.call(handler));
        handler.started?.(after);
      },
      handle: (event) => {
        deliveries.positions.push(numberOf(event.metadata.globalPosition));
        return handler.handle(event);
      },
      ...(flush === undefined ? {} : { flush: flush.bind(handler) }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
  };
  return {
    watch: (handlers) => handlers.map(watched),
    of: (handler) => known.get(handler),
  };
};
