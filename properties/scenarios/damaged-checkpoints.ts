/**
 * Something else wrote into the stream of a feeder's checkpoint, or the store was restored to before it: the feeder
 * must refuse to start with a typed error, and start again once somebody has reset the checkpoint on purpose.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Json, PerformContext } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { checkpointStream, resetCheckpoint } from '../../src/feeder/checkpoint.js';
import { failLoud, liveness, noLoss, order, publishedIsDurable } from '../invariants/index.js';
import { batchOf, commandId } from '../observation/logged-events.js';
import { acknowledgedAndCrashed } from '../observation/must-reach.js';
import { type DamagedStart, observeOnce } from '../observation/observation.js';
import {
  bootStoreToFeed,
  describeNote,
  FEEDER,
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

/** What can stand in a checkpoint's place, and what is wrong with it. */
const DAMAGES = {
  'is null': null,
  'is text in another alphabet': 'Ωμέγα',
  'has no position': { feeder: FEEDER },
  'names a position that is no number': { feeder: FEEDER, position: '1' },
  'names half a position': { feeder: FEEDER, position: 1.5 },
  'names a negative position': { feeder: FEEDER, position: -1 },
  'names position 0, which no event has': { feeder: FEEDER, position: 0 },
  'names a position beyond the log': { feeder: FEEDER, position: 1_000_000 },
  'belongs to another feeder': { feeder: 'other', position: 1 },
} as const satisfies Record<string, Json>;
type Damage = keyof typeof DAMAGES;

type Command = { readonly type: 'append' } | { readonly type: 'damage'; readonly damage: Damage };

const damages = Object.keys(DAMAGES) as Damage[]; // of a constant object, in the order written

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constant({ type: 'append' as const }),
  fc.record({ type: fc.constant('damage' as const), damage: fc.constantFrom(...damages) }),
);

/** Resets the checkpoint to the beginning and starts over, as a person does who has looked. */
const repair = async (life: FeederLife): Promise<void> => {
  await resetCheckpoint(life.env, life.store, FEEDER, 'BEGINNING');
  await startFed(life);
};

/** The code of the error that starting the feeder meets; undefined when it starts. */
const startedOr = (life: FeederLife): Promise<string | undefined> =>
  startFed(life).then(
    () => undefined,
    (error: unknown) => errorCode(error) ?? '',
  );

/** The code with which a feeder refused to start; null when it started. */
type Refusal = string | null;

const send = async (life: FeederLife, sent: Command, { index }: PerformContext): Promise<Refusal> => {
  if (sent.type === 'append') {
    await life.store.appendToStream('s', batchOf(index, 'Happened', [index]));
    return null;
  }
  await latest(life)?.feeder.stop();
  const event = { type: 'checkpoint', data: DAMAGES[sent.damage], messageId: commandId(index) };
  await life.store.appendToStream(checkpointStream(FEEDER), [event]);
  const refusedWith = await startedOr(life);
  if (refusedWith !== undefined) await repair(life);
  return refusedWith ?? null;
};

const starts = (history: History<Command, Refusal, Note>): readonly DamagedStart[] =>
  history.commands.flatMap(({ command: sent, outcome }) => {
    if (sent.type !== 'damage' || outcome.status !== 'acknowledged') return [];
    return [{ damage: sent.damage, refusedWith: outcome.result ?? undefined }];
  });

const observe = observeOnce(async (life: FeederLife, history: History<Command, Refusal, Note>) => ({
  ...(await observeFed(life, history)),
  starts: starts(history),
}));

const describe = (sent: Command): string =>
  sent.type === 'append' ? 'append an event' : `write a checkpoint that ${sent.damage}, and start the feeder`;

const describeResult = (refusedWith: string): string =>
  `the feeder refuses to start (${refusedWith}); somebody sets its checkpoint back to the beginning and starts it`;

export default defineSuite({
  name: 'damaged-checkpoints',
  boot: async (env) => {
    const life = await bootStoreToFeed(env);
    const refusedWith = await startedOr(life);
    // The crash came between the damage and its repair, so the operator repairs it at the restart.
    if (refusedWith !== undefined) await repair(life);
    return life;
  },
  commands: fc.array(command, { minLength: 1, maxLength: 5 }),
  perform: send,
  settle: settleFed,
  shutdown: stopFed,
  mustReach: [acknowledgedAndCrashed],
  invariants: [
    ...[failLoud, noLoss, order, liveness, publishedIsDurable].map((invariant) =>
      invariant<FeederLife, Command>(observe),
    ),
    answered(describe),
  ],
  observe: async (life) => rememberFed(life),
  // The damage is done once: a client that is not sure leaves it at that.
  unknown: 'abandon',
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
  describeEffect: describeNote,
});
