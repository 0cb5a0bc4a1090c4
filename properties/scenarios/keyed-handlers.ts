/**
 * A handler that works on several events at once, and on those of one stream one after the other. Events take their
 * time, fail at their first attempt, or for ever. Within a stream none begins before the one before it is handled or
 * parked, retries included; and never are there more at work than the handler asked for.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readParked } from '../../src/feeder/parking.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { answered } from './no-rejections.js';
import { rememberStore, stopInOrder } from './store-life.js';

const STREAMS = ['a', 'b', 'c', 'd'] as const;
const AT_ONCE = 3;
const HANDLER = 'keyed';
const RETRY = { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 100 } as const;

const FAILS = ['never', 'once', 'for ever'] as const;

type Append = {
  readonly streamName: (typeof STREAMS)[number];
  /** Milliseconds that each event takes. */
  readonly takesMs: number;
  readonly fails: (typeof FAILS)[number];
  readonly events: number;
};

const append: fc.Arbitrary<Append> = fc.record({
  streamName: fc.constantFrom(...STREAMS),
  takesMs: fc.constantFrom(0, 3, 25),
  fails: fc.constantFrom(...FAILS),
  events: fc.integer({ min: 1, max: 3 }),
});

interface Life {
  readonly store: EventStore;
  readonly feeder: Feeder;
  /** What was out of order, in words. */
  readonly disorder: string[];
  /** Positions that were handled to the end. */
  readonly handled: ReadonlySet<number>;
}

/** Watches a handler at work. */
class Watch {
  readonly disorder: string[] = [];
  readonly handled = new Set<number>();
  readonly #attempts = new Map<number, number>();
  /** By stream: the position that is at work or waits for its next attempt. */
  readonly #begun = new Map<string, number>();
  /** By stream: the last position that was begun. */
  readonly #last = new Map<string, number>();
  #atWork = 0;

  begin(streamName: string, position: number): number {
    const attempt = (this.#attempts.get(position) ?? 0) + 1;
    this.#attempts.set(position, attempt);
    const other = this.#begun.get(streamName);
    if (other !== undefined && other !== position)
      this.disorder.push(
        `position ${position} of stream ${streamName} began before position ${other} was settled`,
      );
    const last = this.#last.get(streamName) ?? 0;
    if (position < last)
      this.disorder.push(`position ${position} of stream ${streamName} began after position ${last}`);
    this.#begun.set(streamName, position);
    this.#last.set(streamName, position);
    this.#atWork++;
    if (this.#atWork > AT_ONCE) this.disorder.push(`${this.#atWork} events were at work at once`);
    return attempt;
  }

  /** `settled`: no further attempt follows. */
  end(streamName: string, position: number, settled: boolean): void {
    this.#atWork--;
    if (settled && this.#begun.get(streamName) === position) this.#begun.delete(streamName);
  }
}

const handle = async (env: SimulatedEnvironment, watch: Watch, event: RecordedEvent): Promise<void> => {
  const { takesMs, fails } = event.data as Append; // written by `send`
  const { streamName, globalPosition } = event.metadata;
  const position = numberOf(globalPosition);
  const attempt = watch.begin(streamName, position);
  if (takesMs > 0) await sleep(env.clock, takesMs);
  const isFailing = fails === 'for ever' || (fails === 'once' && attempt === 1);
  watch.end(streamName, position, !isFailing || attempt === RETRY.attempts);
  if (isFailing) throw new Error(`position ${position} can't be handled at attempt ${attempt}`);
  watch.handled.add(position);
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, '/data', { segmentBytes: 4096 });
  const watch = new Watch();
  const feeder = await startFeeder(env, store, {
    name: 'main',
    writer: 'main',
    retry: RETRY,
    handlers: [
      {
        name: HANDLER,
        durability: 'volatile',
        concurrency: { max: AT_ONCE, key: ({ metadata }) => metadata.streamName },
        handle: (event) => handle(env, watch, event),
      },
    ],
  });
  return { store, feeder, disorder: watch.disorder, handled: watch.handled };
};

const send = async ({ store }: Life, sent: Append, { index }: PerformContext): Promise<void> => {
  const data = Array.from({ length: sent.events }, () => sent);
  await store.appendToStream(sent.streamName, batchOf(index, 'Happened', data));
};

const keyOrder: Invariant<Life, Append> = {
  name: 'key-order',
  statement: `Of one stream one event at a time is handled, in order, retries included; of all, at most ${AT_ONCE}.`,
  check: (_, { disorder }) => disorder[0],
};

const allSettled: Invariant<Life, Append> = {
  name: 'all-settled',
  statement: 'Each event is handled, or parked where it fails for ever.',
  check: async (_, { store, handled }) => {
    const parked = new Set((await readParked(store, HANDLER)).map(({ position }) => numberOf(position)));
    const log = await store.readAll();
    for (const { data, metadata } of log) {
      if (isSystemStream(metadata.streamName)) continue;
      const position = numberOf(metadata.globalPosition);
      const isPoison = (data as Append).fails === 'for ever'; // written by `send`
      if (isPoison === parked.has(position) && isPoison !== handled.has(position)) continue;
      const became = `${handled.has(position) ? 'handled' : 'not handled'} and ${parked.has(position) ? 'parked' : 'not parked'}`;
      return `position ${position}, which ${isPoison ? 'fails for ever' : 'can be handled'}, is ${became}`;
    }
    return undefined;
  },
};

const describe = ({ streamName, takesMs, fails, events }: Append): string => {
  const how = fails === 'never' ? '' : ` and ${events === 1 ? 'fails' : 'fail'} ${fails}`;
  return `append ${counted(events, 'event')} to ${streamName} that ${events === 1 ? 'takes' : 'take'} ${takesMs} ms${how}`;
};

export default defineSuite({
  name: 'keyed-handlers',
  boot,
  commands: fc.array(append, { minLength: 1, maxLength: 6, size: 'max' }),
  perform: send,
  settle: ({ feeder }) => feeder.idle(),
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [keyOrder, allSettled, answered(describe)],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut', 'bus:event-parked'],
  describe,
});
