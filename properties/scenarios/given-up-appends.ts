/**
 * Clients who are not sure whether an append happened, look, and give up when it is not there: what was seen not to
 * be there must never come back, whatever the torn end of the log still held.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { atomicity, positions } from '../invariants/index.js';
import { commandAt } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { bootStore, logOf, rememberStore, type StoreLife } from './store-life.js';

/** `letters`: few, or enough to fill a sector, so that the next event can be torn off. */
type Append = { readonly letters: number; readonly unsure: 'sends it again' | 'looks' };

const append: fc.Arbitrary<Append> = fc.record({
  letters: fc.constantFrom(10, 600),
  unsure: fc.constantFrom('sends it again' as const, 'looks' as const),
});

/** Something is in the log already, so that the appends of a test do not share their first sector with its header. */
const boot = async (env: SimulatedEnvironment): Promise<StoreLife> => {
  const life = await bootStore(env);
  await life.store.appendToStream('founding', [{ type: 'Founded', data: null, messageId: 'founding' }]);
  return life;
};

const isThere = async (life: StoreLife, index: number): Promise<boolean> =>
  (await logOf(life)).some(({ command }) => command === index);

/** Resolves to whether the event is in the log. */
const send = async (
  life: StoreLife,
  { letters, unsure }: Append,
  { index, attempt }: PerformContext,
): Promise<boolean> => {
  if (attempt > 1 && unsure === 'looks') return await isThere(life, index);
  await life.store.appendToStream('s', batchOf(index, 'Noted', ['x'.repeat(letters)]));
  return true;
};

const observe = observeOnce(
  async (life: StoreLife): Promise<Observation> => ({ ...NOTHING_OBSERVED, log: await logOf(life) }),
);

/** The answer that a client got for its append, or found when it looked, stays true. */
const noChangeOfMind: Invariant<StoreLife, Append, boolean> = {
  name: 'no-change-of-mind',
  statement: 'An append that a client has seen present or absent stays so.',
  check: async (history: History<Append, boolean>, life) => {
    const present = new Set((await observe(life, history)).log.map(({ command }) => command));
    for (const { index, outcome } of history.commands) {
      if (outcome.status !== 'acknowledged' || present.has(index) === outcome.result) continue;
      const whose = `the event of ${commandAt(index)}`;
      return outcome.result
        ? `${whose} was there, and is no more`
        : `a client looked for ${whose}, did not find it and gave up; now it is there`;
    }
    return undefined;
  },
};

const describe = ({ letters, unsure }: Append): string =>
  `append an event of ${letters} letters, by a client who ${unsure} when not sure`;

const describeResult = (isThere: boolean): string =>
  isThere ? 'done' : 'the event is not there, and the client gives up';

export default defineSuite({
  name: 'given-up-appends',
  boot,
  // A torn write of two: the first is sent again, and what the disk still holds of the second would fit behind it.
  commands: fc.array(append, { minLength: 2, maxLength: 6 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [noChangeOfMind, atomicity(observe), positions(observe), answered(describe)],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
