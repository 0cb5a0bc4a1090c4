/**
 * Several writers read the same version of a stream and all append at once, expecting it: exactly one may
 * succeed, and a power cut leaves at most one. No client asks again: what is unknown stays so. A writer that is refused says so
 * at once, outside: it was refused for an event that no power cut takes back.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  Attempted,
  History,
  Invariant,
  Json,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { eventData } from '../arbitraries/event-data.js';
import { atomicity, concurrency, positions } from '../invariants/index.js';
import { commandAt } from '../observation/describe-events.js';
import { commandId } from '../observation/logged-events.js';
import { acknowledgedAndCrashed } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce, type Race } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { bootStore, logOf, rememberStore, type StoreLife } from './store-life.js';

/** Each writer brings an event of its own. */
type Rush = { readonly streamName: string; readonly writers: readonly Json[] };

const rush: fc.Arbitrary<Rush> = fc.record({
  streamName: fc.constantFrom('a', 'b'),
  writers: fc.array(eventData, { minLength: 2, maxLength: 4 }),
});

interface Life extends StoreLife {
  readonly env: SimulatedEnvironment;
}

const messageIdOf = (index: number, writer: number): string => `${commandId(index)}/writer-${writer}`;

/** Resolves to which writers succeeded. */
const send = async (
  { store, env }: Life,
  { streamName, writers }: Rush,
  { index }: PerformContext,
): Promise<readonly boolean[]> => {
  const expectedStreamVersion = store.streamVersion(streamName);
  const appends = writers.map(async (data, writer) => {
    const event = { type: 'Noted', data, messageId: messageIdOf(index, writer) };
    try {
      return await store.appendToStream(streamName, [event], { expectedStreamVersion });
    } catch (error) {
      env.outside({ refused: index });
      throw error;
    }
  });
  return (await Promise.allSettled(appends)).map(({ status }) => status === 'fulfilled');
};

const race = ({ index, command, outcome }: Attempted<Rush, readonly boolean[]>): Race => {
  const succeeded = outcome.status === 'acknowledged' ? outcome.result : [];
  return {
    streamName: command.streamName,
    contenders: command.writers.map((_, writer) => ({
      messageId: messageIdOf(index, writer),
      succeeded: succeeded[writer],
    })),
  };
};

const observe = observeOnce(
  async (life: Life, history: History<Rush, readonly boolean[]>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    races: history.commands.map(race),
  }),
);

const refusedForAReason: Invariant<Life, Rush> = {
  name: 'refused-for-a-reason',
  statement: 'An append that was refused for another one was refused for one that is in the log for good.',
  check: async (history: History<Rush>, life) => {
    const { log } = await observe(life, history);
    const present = new Set(log.map(({ command }) => command));
    const refused = history.effects as readonly { readonly refused: number }[]; // the only effect there is
    const groundless = refused.find((effect) => !present.has(effect.refused));
    return (
      groundless &&
      `a writer of ${commandAt(groundless.refused)} was refused, as another one had come first, and the log holds no event of any of them`
    );
  },
};

const describe = ({ streamName, writers }: Rush): string =>
  `${writers.length} writers append to stream ${streamName} at once, all expecting its present version`;

const describeResult = (succeeded: readonly boolean[]): string => {
  const done = succeeded.filter(Boolean).length;
  if (done === succeeded.length) return done === 2 ? 'both are done' : `all ${done} are done`;
  const others = succeeded.length - done === 1 ? 'the other' : 'the others';
  return `${done} of ${succeeded.length} ${done === 1 ? 'is' : 'are'} done, ${others} refused`;
};

export default defineSuite({
  name: 'concurrent-appends',
  boot: async (env) => ({ ...(await bootStore(env)), env }),
  commands: fc.array(rush, { minLength: 1, maxLength: 5 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [acknowledgedAndCrashed],
  invariants: [
    concurrency(observe),
    atomicity(observe),
    positions(observe),
    refusedForAReason,
    answered(describe),
  ],
  observe: rememberStore,
  unknown: 'abandon',
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
  describeEffect: (effect) =>
    `a writer of ${commandAt((effect as { readonly refused: number }).refused)} hears that another came first`, // the only effect there is
});
