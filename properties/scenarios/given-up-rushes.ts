/**
 * Several appends that share one write, torn by a power cut. The client sends the first ones again, looks for the others,
 * and gives up those that are not there. The repeated appends are byte for byte the start of the torn write. So a remainder
 * that recovery left behind them would become part of the log again. Therefore the invariants read the log as the next
 * start of the program finds it, and not as this one remembers it.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  History,
  Invariant,
  Json,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { positions } from '../invariants/index.js';
import { commandAt, counted } from '../observation/describe-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore, type StoreLife } from './store-life.js';

/** `letters` of each append: more or less than a sector, which is what a write tears at. */
type Rush = { readonly letters: readonly number[]; readonly sentAgain: number };

const rush: fc.Arbitrary<Rush> = fc.record({
  letters: fc.array(fc.constantFrom(10, 420, 1100), { minLength: 3, maxLength: 4 }),
  sentAgain: fc.integer({ min: 1, max: 3 }),
});

const idOf = (index: number, place: number): string => `command-${index}/append-${place + 1}`;

interface Life extends StoreLife {
  readonly env: SimulatedEnvironment;
}

const open = (env: SimulatedEnvironment) =>
  openEventStore(env, '/data', { segmentBytes: 8192, preallocateBytes: 4096 });

/** Something is in the log already, so that the appends of a test do not share their first sector with its header. */
const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await open(env);
  await store.appendToStream('founding', [{ type: 'Founded', data: null, messageId: 'founding' }]);
  return { store, env };
};

const append = async ({ store }: StoreLife, letters: number, messageId: string): Promise<true> => {
  await store.appendToStream('s', [{ type: 'Noted', data: 'x'.repeat(letters), messageId }]);
  return true;
};

/** Resolves to which of them are in the log. */
const send = async (
  life: StoreLife,
  { letters, sentAgain }: Rush,
  { index, attempt }: PerformContext,
): Promise<readonly boolean[]> => {
  const sent = attempt === 1 ? letters : letters.slice(0, sentAgain);
  const known =
    attempt === 1 ? new Set<string>() : new Set((await logOf(life)).map(({ messageId }) => messageId));
  const appended = await Promise.all(sent.map((count, place) => append(life, count, idOf(index, place))));
  return letters.map((_, place) => appended[place] ?? known.has(idOf(index, place)));
};

/** The log that a process finds when it starts now. The running one is idle, and is no longer observed. */
const observe = observeOnce(
  async ({ env }: Life): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf({ store: await open(env) }),
  }),
);

const noChangeOfMind: Invariant<Life, Rush> = {
  name: 'no-change-of-mind',
  statement: 'An append that a client has seen present or absent stays so.',
  check: async (history: History<Rush>, life) => {
    const present = new Set((await observe(life, history)).log.map(({ messageId }) => messageId));
    for (const { index, outcome } of history.commands) {
      if (outcome.status !== 'acknowledged') continue;
      const told = outcome.result as readonly boolean[]; // what `send` resolved to
      const changed = told.findIndex((isThere, place) => isThere !== present.has(idOf(index, place)));
      if (changed < 0) continue;
      const which = `append ${changed + 1} of ${commandAt(index)}`;
      return told[changed] === true
        ? `${which} was there, and is no more`
        : `a client looked for ${which}, did not find it and gave up; now it is there`;
    }
    return undefined;
  },
};

const describe = ({ letters, sentAgain }: Rush): string =>
  `send ${letters.length} appends at once, of ${letters.join(', ')} letters; when not sure, send ${counted(sentAgain, 'append')} again and look for the others`;

const describeResult = (result: Json): string =>
  (result as readonly boolean[]).every((isThere) => isThere) // what `send` resolved to
    ? 'done'
    : 'some of them are not there, and the client gives them up';

export default defineSuite({
  name: 'given-up-rushes',
  boot,
  commands: fc.array(rush, { minLength: 1, maxLength: 3 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [noChangeOfMind, positions(observe), answered(describe)],
  observe: rememberStore,
  clients: 2,
  marks: ['store:torn-tail-cut', 'store:group-shared'],
  describe,
  describeResult,
});
