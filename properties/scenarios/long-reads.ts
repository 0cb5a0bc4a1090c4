/**
 * Hundreds of events at once, and every reader that pages: a subscription (64 events a page), a rebuild and a catch-up
 * (256), a feeder with its default number of events in flight (256), and the parser (16 KiB of data). Each must give the
 * same events as one read of the whole log, wherever a page ends.
 *
 * On a disk that keeps exactly what was synced: this asks about pages, not about what a power cut tears.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { type Clock, sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { replay } from '../../src/feeder/replay.js';
import { readModelHandler } from '../../src/read-models/handler.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import { rebuild } from '../../src/read-models/rebuild.js';
import { counted } from '../observation/describe-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Ids, ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { rememberStore, stopInOrder } from './store-life.js';

/** On both sides of the borders of pages; `letters` so that few events make a page of the parser. */
type Append = { readonly events: number; readonly letters: number };

const append: fc.Arbitrary<Append> = fc.oneof(
  fc.record({ events: fc.constantFrom(1, 63, 64, 65, 255, 256, 257), letters: fc.constant(1) }),
  fc.record({ events: fc.integer({ min: 1, max: 6 }), letters: fc.constantFrom(4000, 8192, 16384) }),
);

/** Simulated milliseconds after which a subscription is not late but stuck. */
const PATIENCE_MS = 100;

interface Life {
  readonly clock: Clock;
  readonly store: EventStore;
  readonly feeder: Feeder;
  readonly model: ReadModel<Ids>;
  /** What the subscription was given. */
  readonly subscribed: string[];
  /** What a catch-up of the whole log was given. */
  replayed: readonly string[];
  rebuilt: Ids;
}

const idOf = ({ metadata }: RecordedEvent): string => metadata.messageId;

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, '/data');
  const model = await openReadModel(ledger('fed'), { durability: 'volatile' });
  const feeder = await startFeeder(env, store, {
    name: 'main',
    writer: 'main',
    handlers: [readModelHandler(model)],
  });
  const subscribed: string[] = [];
  const subscribe = async (): Promise<void> => {
    for await (const event of store.subscribeToAll()) subscribed.push(idOf(event));
  };
  void subscribe();
  return { clock: env.clock, store, feeder, model, subscribed, replayed: [], rebuilt: [] };
};

const send = async (
  { store }: Life,
  { events, letters }: Append,
  { index }: PerformContext,
): Promise<void> => {
  await store.appendToStream(
    's',
    Array.from({ length: events }, (_, nth) => ({
      type: 'Noted',
      data: `${'x'.repeat(letters)}${nth}`,
      messageId: `command-${index}/${nth + 1}of${events}`,
    })),
  );
};

const settle = async (life: Life): Promise<void> => {
  const { clock, store, feeder, subscribed } = life;
  await feeder.idle();
  const count = (await store.readAll()).length;
  for (let waitedMs = 0; subscribed.length < count && waitedMs < PATIENCE_MS; waitedMs++)
    await sleep(clock, 1);
  const replayed: string[] = [];
  await replay(store, 'BEGINNING', (event) => void replayed.push(idOf(event)));
  life.replayed = replayed;
  const copy = await openReadModel(ledger('rebuilt'), { durability: 'volatile' });
  copy.advance(store.head());
  await rebuild(copy, store);
  life.rebuilt = copy.state;
};

/** The first place at which two lists differ, in words. */
const difference = (who: string, found: readonly string[], due: readonly string[]): string | undefined => {
  const at = due.findIndex((id, place) => found[place] !== id);
  if (at === -1 && found.length === due.length) return undefined;
  const place = at === -1 ? due.length : at;
  return `${who} was given ${counted(found.length, 'event')} of ${due.length}; event ${place + 1} is ${found[place] ?? 'missing'}`;
};

const pagesAgree: Invariant<Life, Append> = {
  name: 'pages-agree',
  statement: 'Reading the log page by page returns the same events as one read of the whole log.',
  check: async (_, { store, model, subscribed, replayed, rebuilt }) => {
    const log = await store.readAll();
    const all = log.map(idOf);
    const domain = log.filter(({ metadata }) => !isSystemStream(metadata.streamName));
    const ids = domain.map(idOf);
    const wrong = domain.find(
      ({ data, metadata }) => !String(data).endsWith(`x${nthOf(metadata.messageId)}`),
    );
    return (
      (wrong === undefined ? undefined : `the data of ${idOf(wrong)} is that of another event`) ??
      difference('a subscription', subscribed, all) ??
      difference('the feeder', model.state, ids) ??
      difference('a catch-up', replayed, ids) ??
      difference('a rebuild', rebuilt, ids)
    );
  },
};

/** By which number the data of an event ends. */
const nthOf = (messageId: string): number => Number(/\/(\d+)of/.exec(messageId)?.[1]) - 1;

const describe = ({ events, letters }: Append): string =>
  `append ${counted(events, 'event')} of ${counted(letters, 'letter')}`;

export default defineSuite({
  name: 'long-reads',
  disk: 'synced-only',
  boot,
  commands: fc.array(append, { minLength: 1, maxLength: 2 }),
  perform: send,
  settle,
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [pagesAgree, answered(describe)],
  observe: rememberStore,
  marks: [],
  describe,
});
