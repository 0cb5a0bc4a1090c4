/**
 * Every checkpoint is written, and then the answer gets lost: the feeder must find out that it is there, write no
 * second one, not take itself for stale, and go on writing the next.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { checkpointStream } from '../../src/feeder/checkpoint.js';
import { liveness, monotonicity, noLoss, order, positions, rest } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { domainEvents, observeOnce } from '../observation/observation.js';
import {
  bootStoreToFeed,
  describeNote,
  FEEDER,
  type FeederLife,
  headOfFed,
  type Note,
  observeFed,
  rememberFed,
  settleFed,
  startFed,
  stopFed,
} from './feeder-life.js';
import { answered } from './no-rejections.js';
import { oneGoesOn } from './one-feeder-survives.js';

/** The store, but the first answer to each checkpoint gets lost on its way. */
const losingAnswers = (store: EventStore): EventStore => {
  const lost = new Set<string | undefined>();
  return {
    appendToStream: async (streamName, events, options) => {
      const result = await store.appendToStream(streamName, events, options);
      const messageId = events[0]?.messageId;
      if (streamName === checkpointStream(FEEDER) && !lost.has(messageId)) {
        lost.add(messageId);
        throw Object.assign(new Error('the answer was lost'), { code: 'ETIMEDOUT' });
      }
      return result;
    },
    appendToStreams: (appends) => store.appendToStreams(appends),
    readStream: (streamName, options) => store.readStream(streamName, options),
    readAll: (options) => store.readAll(options),
    subscribeToAll: (options) => store.subscribeToAll(options),
    onAppended: (listener) => store.onAppended(listener),
    head: () => store.head(),
    streamVersion: (streamName) => store.streamVersion(streamName),
    close: () => store.close(),
  };
};

const boot = async (env: SimulatedEnvironment): Promise<FeederLife> => {
  const life = await bootStoreToFeed(env);
  const ambiguous = { ...life, store: losingAnswers(life.store) };
  await startFed(ambiguous);
  return ambiguous;
};

type Append = null;

const append = async ({ store }: FeederLife, _: Append, { index }: PerformContext): Promise<void> => {
  await store.appendToStream('s', batchOf(index, 'Happened', [index]));
};

const observe = observeOnce((life: FeederLife, history: History<Append, null, Note>) =>
  observeFed(life, history),
);

/** Silence is the worst of it: everything looks well, and after the next crash all is done again. */
const keepsUp: Invariant<FeederLife, Append> = {
  name: 'checkpoint-keeps-up',
  statement: 'Once the system is quiescent, the checkpoint covers every handled event.',
  check: async (history, life) => {
    const observation = await observe(life, history);
    const last = domainEvents(observation).at(-1)?.globalPosition ?? 0;
    // Not what the feeder believes: what the log says.
    const covered = observation.checkpoints.at(0)?.writes.at(-1)?.position ?? 0;
    return covered >= last ? undefined : `the checkpoint is at ${covered}, though the log goes up to ${last}`;
  },
};

const describe = (): string => 'append an event';

export default defineSuite({
  name: 'ambiguous-checkpoints',
  boot,
  commands: fc.array(fc.constant(null), { minLength: 1, maxLength: 5 }),
  perform: append,
  settle: settleFed,
  shutdown: stopFed,
  mustReach: [retriedAfterCrash],
  invariants: [
    oneGoesOn(),
    keepsUp,
    ...[monotonicity, noLoss, order, liveness, positions].map((invariant) =>
      invariant<FeederLife, Append>(observe),
    ),
    rest(observe, { settle: settleFed, head: headOfFed }),
    answered(describe),
  ],
  observe: rememberFed,
  marks: ['store:torn-tail-cut'],
  describe,
  describeEffect: describeNote,
});
