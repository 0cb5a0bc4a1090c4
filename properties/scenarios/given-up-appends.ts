/**
 * Clients who are not sure whether an append happened, look, and give up when it is not there: what was seen not to
 * be there must never come back, whatever the torn end of the log still held.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite.js';
import type { History, Invariant, Json, PerformContext, SimulatedEnvironment } from '../../sim/suite.js';
import { atomicity, positions } from '../invariants/index.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation.js';
import { batchOf } from '../recorded.js';
import { commandAt } from '../words.js';
import { answered } from './answered.js';
import { bootStore, logOf, rememberStore, type StoreLife } from './store-life.js';

/** `letters`: few, or so many that the event fills a sector and the next one is torn off it. */
type Append = { readonly letters: number; readonly unsure: 'sends it again' | 'looks' };

const append: fc.Arbitrary<Append> = fc.record({
  letters: fc.constantFrom(10, 600),
  unsure: fc.constantFrom('sends it again' as const, 'looks' as const),
});

interface Life {
  store: StoreLife['store'];
  readonly open: () => Promise<StoreLife>;
}

/** Something is in the log already, so that the appends of a test do not share their first sector with its header. */
const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const open = () => bootStore(env);
  const { store } = await open();
  await store.appendToStream('founding', [{ type: 'Founded', data: null, messageId: 'founding' }]);
  return { store, open };
};

/** Whatever is going to come back comes back by a restart in good order, too. */
const reopen = async (life: Life): Promise<void> => {
  await life.store.close();
  life.store = (await life.open()).store;
};

const isThere = async (life: Life, index: number): Promise<boolean> =>
  (await logOf(life)).some(({ command }) => command === index);

/** Resolves to whether the event is in the log. */
const send = async (
  life: Life,
  { letters, unsure }: Append,
  { index, attempt }: PerformContext,
): Promise<boolean> => {
  if (attempt > 1 && unsure === 'looks') return await isThere(life, index);
  await life.store.appendToStream('s', batchOf(index, 'Noted', ['x'.repeat(letters)]));
  return true;
};

const observe = observeOnce(
  async (life: Life): Promise<Observation> => ({ ...NOTHING_OBSERVED, log: await logOf(life) }),
);

/** What a client was told of its append when it looked, or was given as an answer, stays true. */
const noChangeOfMind: Invariant<Life, Append> = {
  name: 'no-change-of-mind',
  statement: 'What a client was told of an append, that it is there or that it is not, stays true.',
  check: async (history: History<Append>, life) => {
    const present = new Set((await observe(life, history)).log.map(({ command }) => command));
    for (const { index, outcome } of history.commands) {
      if (outcome.status !== 'acknowledged' || present.has(index) === outcome.result) continue;
      const whose = `the event of ${commandAt(index)}`;
      return outcome.result === true
        ? `${whose} was there, and is no more`
        : `a client looked for ${whose}, did not find it and gave up; now it is there`;
    }
    return undefined;
  },
};

const describe = ({ letters, unsure }: Append): string =>
  `append an event of ${letters} letters, by a client who ${unsure} when not sure`;

const describeResult = (isThere: Json): string =>
  isThere === true ? 'done' : 'the event is not there, and the client gives up';

export default defineSuite<Life, Append>({
  name: 'given-up-appends',
  boot,
  commands: fc.array(append, { minLength: 1, maxLength: 6 }),
  perform: send,
  settle: reopen,
  shutdown: ({ store }) => store.close(),
  invariants: [noChangeOfMind, atomicity(observe), positions(observe), answered(describe)],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
