/**
 * A reader who begins with the history and goes on to what is appended while it reads: with no gap and no double,
 * wherever the one becomes the other.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { liveness, noLoss, order, positions } from '../invariants/index.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { type Reader, startReader } from './reader.js';
import { bootStore, logOf, rememberStore, type StoreLife } from './store-life.js';

type Append = { readonly events: number };

interface Life extends StoreLife {
  readonly reader: Reader;
}

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const { store } = await bootStore(env);
  return { store, reader: startReader(env.clock, store) };
};

const append = async ({ store }: Life, { events }: Append, { index }: PerformContext): Promise<void> => {
  const data = Array.from({ length: events }, (_, place) => place);
  await store.appendToStream('s', batchOf(index, 'Happened', data));
};

/** A subscription that does not break off repeats nothing. */
const once: Invariant<Life, Append> = {
  name: 'once',
  statement: 'A subscription hands over each event once.',
  check: (_, { reader: { delivered } }) => {
    const twice = delivered.find((position, index) => delivered.indexOf(position) !== index);
    return twice === undefined ? undefined : `the reader was handed position ${twice} of the log twice`;
  },
};

const observe = observeOnce(
  async (life: Life): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    subscribers: [life.reader.view()],
  }),
);

const describe = ({ events }: Append): string => `append ${counted(events, 'event')}`;

export default defineSuite({
  name: 'live-subscriptions',
  boot,
  commands: fc.array(fc.record({ events: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 6 }),
  perform: append,
  settle: ({ reader }) => reader.caughtUp(),
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [
    once,
    ...[noLoss, order, liveness, positions].map((invariant) => invariant<Life, Append>(observe)),
    answered(describe),
  ],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
});
