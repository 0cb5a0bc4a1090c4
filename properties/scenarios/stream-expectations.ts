/**
 * Appends to several streams at once, each with an expectation of its own: one that does not hold refuses the whole
 * append. Afterwards every read of every stream is compared with the log: both directions, from every version, of
 * every length; and every page of the log after every position.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  Attempted,
  History,
  Invariant,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import {
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { resumeAfter } from '../../src/event-store/position.js';
import { atomicity, durability, positions } from '../invariants/index.js';
import { commandAt, counted } from '../observation/describe-events.js';
import { batchOf, loggedEvent } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import {
  type Claim,
  type LoggedEvent,
  NOTHING_OBSERVED,
  type Observation,
  observeOnce,
} from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore, type StoreLife } from './store-life.js';

const STREAMS = ['a', 'b', 'c'] as const;
const EVENT_TYPE = 'Noted';
/** A few appends fill a segment, so that a stream lies in several. */
const SEGMENT_BYTES = 1024;

const EXPECTATIONS = ['nothing', 'its version', 'another version', 'existence', 'absence'] as const;
type Expectation = (typeof EXPECTATIONS)[number];
type Part = {
  readonly streamName: (typeof STREAMS)[number];
  readonly expects: Expectation;
  readonly events: number;
};
type Append = { readonly parts: readonly Part[] };

/** What the store answered; `due` is what it had to: undefined where an earlier attempt may have taken effect. */
interface Answer {
  readonly accepted: boolean;
  readonly due?: boolean;
  readonly results: readonly {
    readonly version: number;
    readonly position: number;
    readonly created: boolean;
    readonly createdDue: boolean;
  }[];
}

const part: fc.Arbitrary<Part> = fc.record({
  streamName: fc.constantFrom(...STREAMS),
  expects: fc.constantFrom(...EXPECTATIONS),
  events: fc.integer({ min: 1, max: 3 }),
});
const append: fc.Arbitrary<Append> = fc.record({
  parts: fc.uniqueArray(part, { minLength: 1, maxLength: 3, selector: ({ streamName }) => streamName }),
});

const expectedOf = (expects: Expectation, version: bigint): ExpectedStreamVersion => {
  switch (expects) {
    case 'nothing':
      return NO_CONCURRENCY_CHECK;
    case 'its version':
      return version;
    case 'another version':
      return version + 1n;
    case 'existence':
      return STREAM_EXISTS;
    case 'absence':
      return STREAM_DOES_NOT_EXIST;
    default:
      return expects satisfies never;
  }
};

const holds = (expects: Expectation, version: bigint): boolean =>
  expects === 'existence'
    ? version > 0n
    : expects === 'absence'
      ? version === 0n
      : expects !== 'another version';

/** The parts with their events: the ids of all are numbered through, as they are one batch. */
const appendsOf = ({ parts }: Append, index: number) => {
  const all = batchOf(
    index,
    EVENT_TYPE,
    parts.flatMap(({ streamName, events }) =>
      Array.from({ length: events }, (_, nth) => `${streamName}${nth}`),
    ),
  );
  let taken = 0;
  return parts.map(({ streamName, expects, events }) => {
    const own = all.slice(taken, taken + events);
    taken += events;
    return { streamName, expects, events: own };
  });
};

const send = async (
  { store }: StoreLife,
  command: Append,
  { index, attempt }: PerformContext,
): Promise<Answer> => {
  const before = command.parts.map(({ streamName }) => store.streamVersion(streamName));
  const due = command.parts.every(({ expects }, place) => holds(expects, before[place] ?? 0n));
  const judged = attempt === 1 ? { due } : {};
  try {
    const results = await store.appendToStreams(
      appendsOf(command, index).map(({ streamName, expects, events }, place) => ({
        streamName,
        events,
        expectedStreamVersion: expectedOf(expects, before[place] ?? 0n),
      })),
    );
    return {
      accepted: true,
      ...judged,
      results: results.map(
        ({ nextExpectedStreamVersion, lastEventGlobalPosition, createdNewStream }, place) => ({
          version: Number(nextExpectedStreamVersion),
          position: Number(lastEventGlobalPosition),
          created: createdNewStream,
          createdDue: Number(nextExpectedStreamVersion) === command.parts[place]?.events,
        }),
      ),
    };
  } catch (error) {
    if (errorCode(error) !== 'EXPECTED_VERSION_CONFLICT') throw error;
    return { accepted: false, ...judged, results: [] };
  }
};

const answerOf = ({ outcome }: Attempted<Append, Answer>): Answer | undefined =>
  outcome.status === 'acknowledged' ? outcome.result : undefined;

const claimed = (attempted: Attempted<Append, Answer>): Claim => {
  const { index, command, outcome } = attempted;
  const answer = answerOf(attempted);
  if (answer === undefined) return { command: index, status: outcome.status, events: [] };
  if (!answer.accepted) return { command: index, status: 'rejected', events: [] };
  const events = appendsOf(command, index).flatMap(({ streamName, events: own }, place) =>
    own.map(({ type, data, messageId = '' }, nth) => ({
      type,
      data,
      messageId,
      streamName,
      streamPosition: (answer.results[place]?.version ?? 0) - own.length + 1 + nth,
      globalPosition: (answer.results[place]?.position ?? 0) - own.length + 1 + nth,
      command: index,
    })),
  );
  return { command: index, status: 'acknowledged', events };
};

const observe = observeOnce(
  async (life: StoreLife, history: History<Append, Answer>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
  }),
);

const asExpected: Invariant<StoreLife, Append, Answer> = {
  name: 'expectations',
  statement: 'An append is accepted if all its expectations hold, and refused as a whole if one does not.',
  check: ({ commands }) => {
    for (const attempted of commands) {
      const answer = answerOf(attempted);
      if (answer === undefined) continue;
      if (answer.due !== undefined && answer.accepted !== answer.due)
        return answer.due
          ? `all expectations of ${commandAt(attempted.index)} held, and it was refused`
          : `an expectation of ${commandAt(attempted.index)} did not hold, and it was accepted`;
      const wrong = answer.results.find(({ created, createdDue }) => created !== createdDue);
      if (wrong !== undefined)
        return `${commandAt(attempted.index)} was answered that it ${wrong.created ? 'created' : 'did not create'} a stream`;
    }
    return undefined;
  },
};

const idsOf = (events: readonly LoggedEvent[]): string => events.map(({ messageId }) => messageId).join();

/** Each read of a stream that differs from the same part of the log, in words. */
const wrongStreamRead = async (
  { store }: StoreLife,
  log: readonly LoggedEvent[],
): Promise<string | undefined> => {
  for (const streamName of STREAMS) {
    const own = log.filter((event) => event.streamName === streamName);
    for (const direction of ['forwards', 'backwards'] as const) {
      for (const from of [undefined, ...Array.from({ length: own.length + 1 }, (_, nth) => nth + 1)]) {
        const first = from ?? (direction === 'forwards' ? 1 : own.length);
        const inOrder =
          direction === 'forwards' ? own.slice(first - 1) : own.slice(0, Math.max(0, first)).reverse();
        for (const maxCount of [undefined, 0, 1, 2, own.length]) {
          const { events, currentStreamVersion, streamExists } = await store.readStream(streamName, {
            direction,
            ...(from === undefined ? {} : { from: BigInt(from) }),
            ...(maxCount === undefined ? {} : { maxCount }),
          });
          if (Number(currentStreamVersion) !== own.length || streamExists !== own.length > 0)
            return `a read of stream ${streamName} says that it ${streamExists ? 'exists' : 'does not exist'} at version ${currentStreamVersion}; the log has ${counted(own.length, 'event')} of it`;
          const due = inOrder.slice(0, maxCount);
          const read = events.map(loggedEvent);
          if (idsOf(read) === idsOf(due)) continue;
          return `${counted(maxCount ?? own.length, 'event')} of stream ${streamName} ${direction} from ${first}: the log has [${idsOf(due)}], the read gave [${idsOf(read)}]`;
        }
      }
    }
  }
  return undefined;
};

const wrongPage = async ({ store }: StoreLife, log: readonly LoggedEvent[]): Promise<string | undefined> => {
  for (let after = 0; after <= log.length; after++) {
    for (const maxCount of [1, 3]) {
      const page = await store.readAll({ after: resumeAfter(after), maxCount });
      const due = log.slice(after, after + maxCount);
      if (idsOf(page.map(loggedEvent)) !== idsOf(due))
        return `${counted(maxCount, 'event')} of the log after ${after}: [${idsOf(page.map(loggedEvent))}] instead of [${idsOf(due)}]`;
    }
  }
  return undefined;
};

const readsAgree: Invariant<StoreLife, Append, Answer> = {
  name: 'reads-agree',
  statement:
    'A read returns exactly the requested part of the log, from every position and in both directions.',
  check: async (history, life) => {
    const { log } = await observe(life, history);
    return (await wrongStreamRead(life, log)) ?? (await wrongPage(life, log));
  },
};

const describe = ({ parts }: Append): string =>
  `append ${parts.map(({ streamName, events, expects }) => `${counted(events, 'event')} to ${streamName}, expecting ${expects}`).join(', and ')}`;

const describeResult = (result: Answer): string => {
  const { accepted, results } = result;
  return accepted
    ? `done, at version ${results.map(({ version }) => version).join(' and ')}`
    : 'refused: a conflict';
};

/** @param cacheBytes 0: every read goes to the disk; undefined: the shipped default */
const suiteWith = (name: string, cacheBytes: number | undefined) =>
  defineSuite({
    name,
    boot: async (env: SimulatedEnvironment) => ({
      store: await openEventStore(env, '/data', {
        segmentBytes: SEGMENT_BYTES,
        ...(cacheBytes === undefined ? {} : { cacheBytes }),
      }),
    }),
    commands: fc.array(append, { minLength: 1, maxLength: 8, size: 'max' }),
    perform: send,
    shutdown: ({ store }) => store.close(),
    mustReach: [retriedAfterCrash],
    invariants: [
      asExpected,
      readsAgree,
      durability(observe),
      atomicity(observe),
      positions(observe),
      answered(describe),
    ],
    observe: rememberStore,
    marks: ['store:torn-tail-cut'],
    describe,
    describeResult,
  });

export const streamExpectations = [
  suiteWith('stream-expectations/cached', undefined),
  suiteWith('stream-expectations/uncached', 0),
];
