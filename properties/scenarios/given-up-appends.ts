/**
 * Clients who are not sure whether an append happened, look, and give up when it is not there: what was seen not to
 * be there must never come back, whatever the torn end of the log still held.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite.js';
import type { History, Invariant, PerformContext } from '../../sim/suite.js';
import { atomicity, positions } from '../invariants/index.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation.js';
import { batchOf, commandId } from '../recorded.js';
import { answered } from './answered.js';
import { bootStore, logOf, rememberStore, type StoreLife } from './store-life.js';

/** `letters`: few, or so many that the event fills a sector and the next one is torn off it. */
type Append = { readonly letters: number; readonly unsure: 'sends it again' | 'looks' };

const append: fc.Arbitrary<Append> = fc.record({
  letters: fc.constantFrom(10, 600),
  unsure: fc.constantFrom('sends it again' as const, 'looks' as const),
});

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

/** What a client was told of its append when it looked, or was given as an answer, stays true. */
const noChangeOfMind: Invariant<StoreLife, Append> = {
  name: 'no-change-of-mind',
  statement: 'What a client was told of an append, that it is there or that it is not, stays true.',
  check: async (history: History<Append>, life) => {
    const present = new Set((await observe(life, history)).log.map(({ command }) => command));
    for (const { index, outcome } of history.commands) {
      if (outcome.status !== 'acknowledged' || present.has(index) === outcome.result) continue;
      return outcome.result === true
        ? `the event of ${commandId(index)} was there, and is no more`
        : `a client looked for the event of ${commandId(index)}, did not find it and gave up; now it is there`;
    }
    return undefined;
  },
};

const describe = ({ letters, unsure }: Append): string =>
  `append an event of ${letters} letters, by a client who ${unsure} when not sure`;

export default defineSuite<StoreLife, Append>({
  name: 'given-up-appends',
  boot: bootStore,
  commands: fc.array(append, { minLength: 1, maxLength: 6 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  invariants: [noChangeOfMind, atomicity(observe), positions(observe), answered(describe)],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
});
