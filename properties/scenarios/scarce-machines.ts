/**
 * A machine that runs out of room or descriptors, for as long as it likes, under a store with a feeder, and on which
 * segments can't be sealed. Appends may be refused then, without a trace. All else waits and goes on by itself when there
 * is room: no feeder stops, nothing is parked for the machine's sake, and nothing is restarted.
 *
 * Three handlers: a read model with a state file, a spool that writes a file for each event, and one that some events are
 * poison to, whose parking needs room, too.
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
import { type Environment, sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readParked } from '../../src/feeder/parking.js';
import { readModelHandler } from '../../src/read-models/handler.js';
import { project } from '../../src/read-models/projection.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import { concurrency, durability, liveness, projectionEquality } from '../invariants/index.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { type Ids, ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { type ScarceMachine, SEALING_STEPS, type SealingStep, scarceMachine } from './scarce-machine.js';
import { logOf, rememberStore, stopInOrder } from './store-life.js';

const DIRECTORY = '/data';
const STREAM = 's';
const EVENT_TYPE = 'Noted';
const PICKY = 'picky';
/** So long that the feeder is behind, and has to read segments that are full by then. */
const SPOOLING_MS = 5;
const WAIT_MS = 300;
const RETRY = { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 100 } as const;
const STORE = {
  // A segment grows several times before it is full: there is not always room.
  segmentBytes: 1536,
  preallocateBytes: 128,
  cacheBytes: 0,
  maxCount: (streamName: string) => (streamName.startsWith('$checkpoint') ? 1 : undefined),
};

type Command =
  | { readonly type: 'append'; readonly isPoison: boolean; readonly letters: number; readonly events: number }
  | { readonly type: 'fill the disk' }
  | { readonly type: 'use up descriptors' }
  | { readonly type: 'make room' }
  /** For longer than anything is tried again that does not wait out a shortage. */
  | { readonly type: 'wait' }
  | { readonly type: 'break sealing'; readonly step: SealingStep };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      isPoison: fc.oneof(
        { weight: 3, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      letters: fc.constantFrom(1, 300),
      // Several large ones take a segment of their own, and the feeder is behind by them.
      events: fc.constantFrom(1, 1, 5),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'fill the disk' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'use up descriptors' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'make room' as const }) },
  { weight: 3, arbitrary: fc.constant({ type: 'wait' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('break sealing' as const),
      step: fc.constantFrom(...SEALING_STEPS),
    }),
  },
);

interface Life {
  readonly clock: SimulatedEnvironment['clock'];
  readonly machine: ScarceMachine;
  readonly store: EventStore;
  readonly model: ReadModel<Ids>;
  readonly feeder: Feeder;
  stoppedWith: Error | undefined;
  /** How often the machine ran out of something. */
  shortages: number;
  /** Refusals while there was enough of everything, in words. */
  readonly wrongRefusals: string[];
  settledAfterMs: number;
}

type Appended = { readonly version: number; readonly position: number };
type Answer = Appended | 'refused' | null;

const isShort = ({ machine }: Life): boolean => machine.isFull || machine.isOutOfDescriptors;

/** Writes a file for an event, on the machine as it is. */
const spool = async ({ fs, clock }: Environment, { data, metadata }: RecordedEvent): Promise<void> => {
  await sleep(clock, SPOOLING_MS);
  // Small ones need no room, so that the feeder gets on without and has something to flush.
  const { text } = data as { readonly text: string }; // written by `append`
  if (text.length === 1) return;
  const handle = await fs.open(`${DIRECTORY}/spooled`, 'w');
  try {
    const bytes = Buffer.from(`${metadata.globalPosition}`);
    await handle.write(bytes, 0, bytes.length, 0);
  } finally {
    await handle.close();
  }
};

const refusePoison = ({ data, metadata }: RecordedEvent): void => {
  const { isPoison } = data as { readonly isPoison: boolean }; // written by `append`
  if (isPoison) throw new Error(`position ${metadata.globalPosition} is poison`);
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const machine = scarceMachine(env.fs);
  const own = { ...env, fs: machine.fs };
  const store = await openEventStore(own, `${DIRECTORY}/log`, STORE);
  const model = await openReadModel(ledger('ledger'), {
    durability: 'durable',
    fs: machine.fs,
    directory: DIRECTORY,
  });
  const feeder = await startFeeder(own, store, {
    name: 'main',
    writer: 'main',
    retry: RETRY,
    checkpoint: { everyEvents: 2 },
    inFlightMax: 2,
    handlers: [
      readModelHandler(model),
      { name: 'spool', durability: 'volatile', handle: (event) => spool(own, event) },
      { name: PICKY, durability: 'volatile', handle: refusePoison },
    ],
  });
  const life: Life = {
    clock: env.clock,
    machine,
    store,
    model,
    feeder,
    stoppedWith: undefined,
    shortages: 0,
    wrongRefusals: [],
    settledAfterMs: 0,
  };
  void feeder.stopped.then((error) => {
    life.stoppedWith = error;
  });
  return life;
};

const append = async (
  life: Life,
  { isPoison, letters, events }: Command & { type: 'append' },
  index: number,
): Promise<Answer> => {
  const { shortages } = life;
  const wasShort = isShort(life);
  try {
    const data = Array.from({ length: events }, () => ({ isPoison, text: 'x'.repeat(letters) }));
    const result = await life.store.appendToStream(STREAM, batchOf(index, EVENT_TYPE, data));
    return {
      version: Number(result.nextExpectedStreamVersion),
      position: Number(result.lastEventGlobalPosition),
    };
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'STORE_FULL' && code !== 'STORE_UNAVAILABLE') throw error;
    if (!wasShort && life.shortages === shortages)
      life.wrongRefusals.push(`an append was refused (${code}) on a machine with room and descriptors`);
    return 'refused';
  }
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<Answer> => {
  const { machine } = life;
  switch (sent.type) {
    case 'append':
      return await append(life, sent, index);
    case 'fill the disk':
      machine.isFull = true;
      life.shortages++;
      return null;
    case 'use up descriptors':
      machine.isOutOfDescriptors = true;
      life.shortages++;
      return null;
    case 'make room':
      machine.isFull = false;
      machine.isOutOfDescriptors = false;
      return null;
    case 'wait':
      await sleep(life.clock, WAIT_MS);
      return null;
    case 'break sealing':
      machine.brokenStep = sent.step;
      return null;
  }
};

const settle = async (life: Life): Promise<void> => {
  Object.assign(life.machine, { isFull: false, isOutOfDescriptors: false, brokenStep: undefined });
  const began = life.clock.now();
  await life.feeder.idle().catch(() => undefined); // it stopped: an invariant tells
  life.settledAfterMs = life.clock.now() - began;
};

const claimed = ({ index, command: sent, outcome, attempts }: Attempted<Command, Answer>): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const answer = outcome.result;
  // A machine without room refuses a retry whatever became of the attempt before it.
  if (answer === 'refused')
    return { command: index, status: attempts > 1 ? 'unknown' : 'rejected', events: [] };
  const events =
    answer === null || sent.type !== 'append'
      ? []
      : Array.from({ length: sent.events }, (_, place) => ({
          type: EVENT_TYPE,
          streamName: STREAM,
          streamPosition: answer.version - sent.events + 1 + place,
          globalPosition: answer.position - sent.events + 1 + place,
          command: index,
        }));
  return { command: index, status: 'acknowledged', events };
};

const observe = observeOnce(async (life: Life, history: History<Command, Answer>): Promise<Observation> => {
  const { model, feeder } = life;
  const domain = await life.store.readAll({ systemStreams: false });
  return {
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
    readModels: [
      {
        name: model.name,
        durability: 'durable',
        state: model.state,
        position: numberOf(model.position),
        fresh: project(ledger(model.name), domain),
      },
    ],
    subscribers: feeder.handlers.map(({ name, startedAfter }) => ({
      name,
      durability: name === model.name ? 'durable' : 'volatile',
      start: numberOf(startedAfter),
      appliedAtStart: numberOf(startedAfter),
      lag: feeder.lag(name),
      delivered: [],
      handled: { has: () => true },
    })),
    settledAfterMs: life.settledAfterMs,
  };
});

const goesOn: Invariant<Life, Command> = {
  name: 'goes-on',
  statement: 'A shortage stops nothing for good, and appends are refused in a shortage only.',
  check: (_, { stoppedWith, wrongRefusals }) =>
    stoppedWith === undefined ? wrongRefusals[0] : `the feeder has stopped: ${stoppedWith.message}`,
};

const onlyPoisonParked: Invariant<Life, Command> = {
  name: 'only-poison-is-parked',
  statement: 'Each event that is poison to a handler is parked once, and none that only met a shortage.',
  check: async (history: History<Command>, life) => {
    const { log } = await observe(life, history);
    const due = log.filter(
      ({ streamName, data }) =>
        !isSystemStream(streamName) && (data as { isPoison?: boolean }).isPoison === true,
    );
    const found = (await readParked(life.store, PICKY)).map(({ position }) => position);
    const wanted = due.map(({ globalPosition }) => globalPosition);
    if (found.join() !== wanted.join())
      return `positions ${wanted.join(', ') || 'none'} are poison, and ${found.join(', ') || 'none'} are parked`;
    for (const handler of ['spool', life.model.name]) {
      const [parked] = await readParked(life.store, handler);
      if (parked !== undefined)
        return `${handler} met a shortage at position ${parked.position}, which is parked: ${parked.error.message}`;
    }
    return undefined;
  },
};

const describe = (sent: Command): string => {
  if (sent.type === 'append')
    return `append ${counted(sent.events, sent.isPoison ? 'poison event' : 'event')} of ${sent.letters} letters`;
  if (sent.type === 'wait') return `wait ${WAIT_MS} ms`;
  return sent.type === 'break sealing'
    ? `let each ${sent.step} fail that sealing a segment takes`
    : sent.type;
};

export default defineSuite({
  name: 'scarce-machines',
  boot,
  commands: fc.array(command, { minLength: 1, maxLength: 12, size: 'max' }),
  perform: send,
  settle,
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [
    goesOn,
    ...[durability, concurrency, projectionEquality, liveness].map((invariant) =>
      invariant<Life, Command>(observe),
    ),
    onlyPoisonParked,
    answered(describe),
  ],
  observe: rememberStore,
  clients: 2,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult: (result) => (result === 'refused' ? 'refused' : 'done'),
});
