/**
 * Readers who wait until a read model includes what they wrote, while the feeder is stopped and started under them:
 * a wait that resolves told the truth, one that can't come true rejects, and what has stopped stays silent.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, PerformContext } from '../../sim/suite/suite.js';
import { globalPosition } from '../../src/event-store/event.js';
import { liveness, noLoss, order, readYourWrites, stoppedIsStopped } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { deliveredAndCrashed, retriedAfterCrash } from '../observation/must-reach.js';
import { observeOnce, type Wait } from '../observation/observation.js';
import {
  bootStoreToFeed,
  describeNote,
  type FeederLife,
  latest,
  type Note,
  observeFed,
  rememberFed,
  settleFed,
  startFed,
  stopFed,
} from './feeder-life.js';
import { answered } from './no-rejections.js';

/** Readers that catch up must read from the disk, and others append meanwhile. */
const SMALL = { segmentBytes: 1024, cacheBytes: 0 } as const;
/** What takes no time to count is counted as soon as it is read. */
const SLOW = { tallyMs: 1 } as const;
const PADDING = 'x'.repeat(200);

type Command =
  | { readonly type: 'append' }
  /** Appends, waits for it to be visible in the tally, and looks. */
  | { readonly type: 'append-and-wait'; readonly timeoutMs: number }
  | { readonly type: 'stop' }
  | { readonly type: 'start' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ type: 'append' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('append-and-wait' as const),
      timeoutMs: fc.constantFrom(1000, 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'stop' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'start' as const }) },
);

const isRunning = (life: FeederLife): boolean => latest(life)?.state === 'running';

const startUnlessRunning = async (life: FeederLife): Promise<void> => {
  if (!isRunning(life)) await startFed(life, SLOW);
};

const appendAndWait = async (life: FeederLife, index: number, timeoutMs: number): Promise<Wait> => {
  const { lastEventGlobalPosition } = await life.store.appendToStream(
    's',
    batchOf(index, 'Happened', [PADDING]),
  );
  const position = Number(lastEventGlobalPosition);
  const fed = latest(life);
  const stopped = fed === undefined || fed.state === 'stopped';
  const outcome = await (
    fed?.feeder.waitFor(globalPosition(position), { handler: 'tally', timeoutMs }) ?? Promise.reject()
  ).then(
    () => 'resolved' as const,
    () => 'rejected' as const,
  );
  // A look at the model is all that a reader has: whether the event is there.
  const included = fed?.work.tally.done.has(position) === true ? position : 0;
  return { model: 'tally', position, outcome, included, stopped };
};

const send = async (life: FeederLife, sent: Command, { index }: PerformContext): Promise<Wait | null> => {
  switch (sent.type) {
    case 'append':
      await life.store.appendToStream('s', batchOf(index, 'Happened', [PADDING]));
      return null;
    case 'append-and-wait':
      return await appendAndWait(life, index, sent.timeoutMs);
    case 'stop':
      await latest(life)?.feeder.stop();
      return null;
    case 'start':
      await startUnlessRunning(life);
      return null;
  }
};

const waits = (history: History<Command, Wait | null, Note>): readonly Wait[] =>
  history.commands.flatMap(({ outcome }) =>
    outcome.status === 'acknowledged' && outcome.result !== null ? [outcome.result] : [],
  );

const observe = observeOnce(async (life: FeederLife, history: History<Command, Wait | null, Note>) => ({
  ...(await observeFed(life, history)),
  waits: waits(history),
}));

const describe = (sent: Command): string => {
  switch (sent.type) {
    case 'append':
      return 'append an event';
    case 'append-and-wait':
      return `append an event and wait at most ${sent.timeoutMs} ms until the tally shows it`;
    case 'stop':
      return 'stop the feeder';
    case 'start':
      return 'start the feeder, unless it runs';
  }
};

const describeResult = ({ model, position, outcome, included, stopped }: Wait): string => {
  if (outcome === 'rejected')
    return `done, at position ${position}; but the wait for it is refused${stopped ? ', as the feeder is stopped' : ''}`;
  return `done, at position ${position}, and ${model} ${included < position ? 'is said to show it, but does not' : 'shows it'}`;
};

export default defineSuite({
  name: 'waiting-readers',
  boot: async (env) => {
    const life = await bootStoreToFeed(env, SMALL);
    await startFed(life, SLOW);
    return life;
  },
  commands: fc.array(command, { minLength: 1, maxLength: 6 }),
  perform: send,
  // Nothing is left to do only when somebody has done it.
  settle: async (life) => {
    await startUnlessRunning(life);
    await settleFed(life);
  },
  shutdown: stopFed,
  mustReach: [retriedAfterCrash, deliveredAndCrashed],
  invariants: [
    ...[readYourWrites, stoppedIsStopped, noLoss, order, liveness].map((invariant) =>
      invariant<FeederLife, Command>(observe),
    ),
    answered(describe),
  ],
  observe: rememberFed,
  clients: 2,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
  describeEffect: describeNote,
});
