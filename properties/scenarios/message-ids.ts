/**
 * Appends under ids that were used before, or share their hash with one that was: some, all or none of a batch, in the
 * same stream or another, one append or two at the same time. A batch that is wholly known gets its first answer again.
 * One that is wholly new is appended. Everything between is a conflict that leaves no trace. The log itself says which.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import type { AppendResult } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { positions } from '../invariants/index.js';
import { commandAt } from '../observation/describe-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore, type StoreLife } from './store-life.js';

/** The first two have one hash, and the two after them another: found by trying three million ids. */
export const IDS = ['id-149599', 'id-312382', 'id-149598', 'id-312383', 'id-1'] as const;
const STREAMS = ['a', 'b'] as const;
const ENDINGS = ['.', '!'] as const;
/** A few appends fill a segment, so that ids are looked for in several indexes. */
const SEGMENT_BYTES = 1024;

type Append = {
  readonly streamName: (typeof STREAMS)[number];
  readonly ids: readonly (typeof IDS)[number][];
  /** A second one, with the same events, is sent before the first is answered. */
  readonly twice: boolean;
  /** By which the data of each event ends: an event with another end is another event. */
  readonly ending: (typeof ENDINGS)[number];
};

type Outcome =
  | { readonly kind: 'done'; readonly version: number; readonly position: number }
  | { readonly kind: 'conflict' };

interface Answer {
  readonly given: Outcome;
  /** What the log asks for. Of a new append the place is where the stream and the log end. */
  readonly due: Outcome;
  /** Of the second one. */
  readonly second?: Outcome;
}

const append: fc.Arbitrary<Append> = fc.record({
  streamName: fc.constantFrom(...STREAMS),
  ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 3 }),
  twice: fc.boolean(),
  // Most appends that repeat another one repeat all of it.
  ending: fc.constantFrom('.', '.', '.', '!'),
});

const dataOf = (id: string, ending: Append['ending']): string => `${'x'.repeat(60)}${id}${ending}`;

const dueOf = async (life: StoreLife, { streamName, ids, ending }: Append): Promise<Outcome> => {
  const log = await logOf(life);
  const known = ids.map((id) => log.find(({ messageId }) => messageId === id));
  const own = log.filter((event) => event.streamName === streamName);
  if (known.every((event) => event === undefined))
    return { kind: 'done', version: own.length + ids.length, position: log.length + ids.length };
  const first = known[0]?.streamPosition ?? 0;
  const repeats = known.every(
    (event, place) =>
      event?.streamName === streamName &&
      event.streamPosition === first + place &&
      event.data === dataOf(event.messageId, ending),
  );
  const last = known.at(-1);
  return repeats && last !== undefined
    ? { kind: 'done', version: last.streamPosition, position: last.globalPosition }
    : { kind: 'conflict' };
};

const send = async (life: StoreLife, command: Append): Promise<Answer> => {
  const { streamName, ids, twice, ending } = command;
  const due = await dueOf(life, command);
  const once = (): Promise<AppendResult> =>
    life.store.appendToStream(
      streamName,
      ids.map((messageId) => ({ type: 'Noted', data: dataOf(messageId, ending), messageId })),
    );
  const outcomes = await Promise.all(
    Array.from({ length: twice ? 2 : 1 }, async (): Promise<Outcome> => {
      try {
        const { nextExpectedStreamVersion, lastEventGlobalPosition } = await once();
        return {
          kind: 'done',
          version: Number(nextExpectedStreamVersion),
          position: Number(lastEventGlobalPosition),
        };
      } catch (error) {
        if (errorCode(error) !== 'MESSAGE_ID_CONFLICT') throw error;
        return { kind: 'conflict' };
      }
    }),
  );
  const [given = due, second] = outcomes;
  return { given, due, ...(second === undefined ? {} : { second }) };
};

const observe = observeOnce(
  async (life: StoreLife): Promise<Observation> => ({ ...NOTHING_OBSERVED, log: await logOf(life) }),
);

const told = (outcome: Outcome): string =>
  outcome.kind === 'conflict'
    ? 'a conflict'
    : `version ${outcome.version} of the stream, position ${outcome.position} of the log`;

const same = (left: Outcome, right: Outcome): boolean => told(left) === told(right);

const idsAnswered: Invariant<StoreLife, Append, Answer> = {
  name: 'ids',
  statement:
    'An append under known ids is answered as the first time, one under new ids is new, any other is a conflict.',
  check: async (history: History<Append, Answer>, life) => {
    const { log } = await observe(life, history);
    const seen = new Set<string>();
    for (const { messageId } of log) {
      if (seen.has(messageId)) return `the log holds ${messageId} twice`;
      seen.add(messageId);
    }
    for (const { index, command, outcome } of history.commands) {
      if (outcome.status !== 'acknowledged') continue;
      const { given, due, second = given } = outcome.result;
      const which = commandAt(index);
      if (!same(given, due))
        return `the answer to ${which} was ${told(given)}; the log asks for ${told(due)}`;
      if (!same(second, due))
        return `the second of ${which} was answered ${told(second)}; the first, ${told(due)}`;
      const missing = due.kind === 'done' ? command.ids.find((id) => !seen.has(id)) : undefined;
      if (missing !== undefined) return `${which} was acknowledged, and ${missing} is not in the log`;
    }
    return undefined;
  },
};

const describe = ({ streamName, ids, twice, ending }: Append): string =>
  `append ${ids.join(' and ')} to ${streamName}${twice ? ', twice at the same time' : ''}, ending in "${ending}"`;

const describeResult = (result: Answer): string => told(result.given);

export default defineSuite({
  name: 'message-ids',
  boot: async (env: SimulatedEnvironment) => ({
    store: await openEventStore(env, '/data', { segmentBytes: SEGMENT_BYTES }),
  }),
  commands: fc.array(append, { minLength: 1, maxLength: 6, size: 'max' }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [idsAnswered, positions(observe), answered(describe)],
  observe: rememberStore,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
