/**
 * Batches of hostile events, to one stream or to several at once, by clients that do not wait for each other:
 * all or nothing, once, and unchanged, however the power fails and however often the client asks again.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Attempted, History, Json, PerformContext } from '../../sim/suite/suite.js';
import { eventData } from '../arbitraries/event-data.js';
import { atomicity, concurrency, durability, positions, retry } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import {
  type Claim,
  NOTHING_OBSERVED,
  type Observation,
  observeOnce,
  type PromisedEvent,
} from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { bootStore, headOfStore, logOf, rememberStore, type StoreLife } from './store-life.js';

const EVENT_TYPE = 'Noted';

type Part = { readonly streamName: string; readonly data: readonly Json[] };
type Batch = { readonly parts: readonly Part[] };
/** What the store answered for one part. */
type Answer = { readonly version: number; readonly position: number; readonly created: boolean };

const part: fc.Arbitrary<Part> = fc.record({
  streamName: fc.constantFrom('a', 'b', 'Žofie/%00<i>'),
  data: fc.array(eventData, { minLength: 1, maxLength: 3 }),
});
const batch: fc.Arbitrary<Batch> = fc.record({
  parts: fc.uniqueArray(part, { minLength: 1, maxLength: 2, selector: ({ streamName }) => streamName }),
});

/** The events of all parts are one batch: their ids are numbered through. */
const eventsOf = ({ parts }: Batch, index: number) => {
  const all = batchOf(
    index,
    EVENT_TYPE,
    parts.flatMap(({ data }) => data),
  );
  let taken = 0;
  return parts.map(({ streamName, data }) => {
    const events = all.slice(taken, taken + data.length);
    taken += data.length;
    return { streamName, events };
  });
};

const send = async (
  { store }: StoreLife,
  command: Batch,
  { index }: PerformContext,
): Promise<readonly Answer[]> => {
  const appends = eventsOf(command, index);
  const [first, ...others] = appends;
  const results =
    first !== undefined && others.length === 0
      ? [await store.appendToStream(first.streamName, first.events)]
      : await store.appendToStreams(appends);
  return results.map(({ nextExpectedStreamVersion, lastEventGlobalPosition, createdNewStream }) => ({
    version: Number(nextExpectedStreamVersion),
    position: Number(lastEventGlobalPosition),
    created: createdNewStream,
  }));
};

/** Everything the answer promised: each event of each part, at its position. */
const claimed = ({ index, command, outcome }: Attempted<Batch, readonly Answer[]>): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const answers = outcome.result;
  const events = eventsOf(command, index).flatMap(({ streamName, events: sent }, place): PromisedEvent[] => {
    const answer = answers[place];
    if (answer === undefined) return [];
    return sent.map(({ type, data, messageId = '' }, offset) => ({
      type,
      data,
      messageId,
      streamName,
      streamPosition: answer.version - sent.length + 1 + offset,
      globalPosition: answer.position - sent.length + 1 + offset,
      command: index,
    }));
  });
  return { command: index, status: 'acknowledged', events };
};

const observe = observeOnce(
  async (life: StoreLife, history: History<Batch, readonly Answer[]>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
  }),
);

const describe = ({ parts }: Batch): string =>
  `append ${parts.map(({ streamName, data }) => `${data.length} ${data.length === 1 ? 'event' : 'events'} to ${streamName}`).join(' and ')}`;

const describeResult = (answers: readonly Answer[]): string => {
  const streams = answers.map(
    ({ version, created }) => `${created ? 'a new stream' : 'an old stream'} at version ${version}`,
  );
  return `done, with ${streams.join(' and ')}`;
};

export default defineSuite({
  name: 'atomic-batches',
  boot: bootStore,
  commands: fc.array(batch, { minLength: 1, maxLength: 6 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [
    durability(observe),
    atomicity(observe),
    positions(observe),
    concurrency(observe),
    retry(observe, {
      resend: async (life, { command, index }) => [...(await send(life, command, { index, attempt: 2 }))],
      head: headOfStore,
      describe,
      describeResult,
    }),
    answered(describe),
  ],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
