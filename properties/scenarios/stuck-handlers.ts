/**
 * A handler that does not return in time: at its first attempt, or whenever it is handed the event; or that returns late. Its
 * time limit makes that a failure like any other, so the event is tried again and parked at last. Another handler goes on
 * meanwhile. A stop waits a little for late calls, and abandons a stuck handler: its event is neither parked nor lost, but
 * delivered again by the next feeder.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { type OneAtATime, oneAtATime } from '../../src/designs/one-at-a-time.js';
import { sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readParked } from '../../src/feeder/parking.js';
import { batchOf } from '../observation/logged-events.js';
import { acknowledgedAndCrashed } from '../observation/must-reach.js';
import { answered } from './no-rejections.js';
import { rememberStore, stopInOrder } from './store-life.js';

const STICKY = 'sticky';
const SWIFT = 'swift';
const RETRY = { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 100 } as const;
const TIMEOUT_MS = 50;
const STOP_TIMEOUT_MS = 20;
/** Within {@link STOP_TIMEOUT_MS} of the shortest wait that leads past {@link TIMEOUT_MS}. */
const LATE_MS = 85;
const TIMED_OUT = 'HANDLER_TIMEOUT';

const STICKS = ['never', 'once', 'late', 'for ever'] as const;

type Command =
  | { readonly type: 'append'; readonly sticks: (typeof STICKS)[number] }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'restart the feeder' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('append' as const), sticks: fc.constantFrom(...STICKS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(20, 70, 150) }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'restart the feeder' as const }) },
);

/** What a feeder's handlers did. */
interface Work {
  /** Attempts of the sticky handler, by position. */
  readonly attempts: Map<number, number>;
  /** Whether a stop has resolved; 'abandoned': and said that calls may still take effect. */
  stop: 'running' | 'stopped' | 'abandoned';
}

interface Life {
  readonly env: SimulatedEnvironment;
  readonly store: EventStore;
  readonly restarts: OneAtATime;
  feeder: Feeder;
  readonly works: Work[];
  readonly handled: Readonly<Record<typeof STICKY | typeof SWIFT, Set<number>>>;
  /** What was parked when this life began. */
  readonly parkedBefore: ReadonlySet<number>;
  readonly afterStop: string[];
}

/** What there is before a feeder runs. */
type Ground = Omit<Life, 'feeder'>;

const sticksOf = ({ data }: RecordedEvent): (typeof STICKS)[number] =>
  (data as Command & { type: 'append' }).sticks; // written by `send`

const stick = (
  { env, handled, afterStop }: Ground,
  work: Work,
  event: RecordedEvent,
): Promise<void> | void => {
  const position = numberOf(event.metadata.globalPosition);
  if (work.stop !== 'running') afterStop.push(`${STICKY} was handed position ${position} after the stop`);
  const attempt = (work.attempts.get(position) ?? 0) + 1;
  work.attempts.set(position, attempt);
  const sticks = sticksOf(event);
  if (sticks === 'for ever' || (sticks === 'once' && attempt === 1)) return new Promise(() => {});
  const takeEffect = (): void => {
    if (work.stop === 'stopped') afterStop.push(`${STICKY} took in position ${position} after the stop`);
    handled[STICKY].add(position);
  };
  if (sticks === 'late' && attempt === 1) return sleep(env.clock, LATE_MS).then(takeEffect);
  takeEffect();
};

/** Starts a feeder, which becomes part of `ground` in the place of the one before. */
const start = async (ground: Ground): Promise<Life> => {
  const work: Work = { attempts: new Map(), stop: 'running' };
  ground.works.push(work);
  const feeder = await startFeeder(ground.env, ground.store, {
    name: 'main',
    retry: RETRY,
    // None is handed more than one event ahead: a stuck one is behind, and the other must not be.
    inFlightMax: 1,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    handlers: [
      {
        name: STICKY,
        durability: 'volatile',
        timeoutMs: TIMEOUT_MS,
        handle: (event) => stick(ground, work, event),
      },
      {
        name: SWIFT,
        durability: 'volatile',
        handle: ({ metadata }) => void ground.handled[SWIFT].add(numberOf(metadata.globalPosition)),
      },
    ],
  });
  return Object.assign(ground, { feeder });
};

const parkedPositions = async (store: EventStore): Promise<readonly number[]> =>
  (await readParked(store, STICKY)).map(({ position }) => numberOf(position));

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, '/data', { segmentBytes: 4096 });
  const ground: Ground = {
    env,
    store,
    restarts: oneAtATime(),
    works: [],
    handled: { [STICKY]: new Set<number>(), [SWIFT]: new Set<number>() },
    parkedBefore: new Set(await parkedPositions(store)),
    afterStop: [],
  };
  return await start(ground);
};

const restart = async (life: Life): Promise<void> => {
  const work = life.works.at(-1);
  await life.feeder.stop();
  const reason = await life.feeder.stopped;
  if (work !== undefined) work.stop = reason === undefined ? 'stopped' : 'abandoned';
  await start(life);
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<void> => {
  if (sent.type === 'append') await life.store.appendToStream('s', batchOf(index, 'Happened', [sent]));
  else if (sent.type === 'wait') await sleep(life.env.clock, sent.ms);
  else await life.restarts.run(() => restart(life));
};

const allSettled: Invariant<Life, Command> = {
  name: 'all-settled',
  statement:
    'Each event is handled, or parked where the handler sticks at it for ever; the other handler misses none.',
  check: async (_, { store, handled }) => {
    const parked = new Set(await parkedPositions(store));
    for (const event of await store.readAll()) {
      if (isSystemStream(event.metadata.streamName)) continue;
      const position = numberOf(event.metadata.globalPosition);
      const sticks = sticksOf(event);
      if (!handled[SWIFT].has(position)) return `${SWIFT} was never handed position ${position}`;
      if (handled[STICKY].has(position) === (sticks === 'for ever'))
        return `${STICKY} sticks at position ${position} ${sticks}, and has ${handled[STICKY].has(position) ? '' : 'not '}handled it`;
      if (parked.has(position) !== (sticks === 'for ever'))
        return `${STICKY} sticks at position ${position} ${sticks}, and it is ${parked.has(position) ? '' : 'not '}parked`;
    }
    return undefined;
  },
};

const parkedForTime: Invariant<Life, Command> = {
  name: 'parked-for-time',
  statement:
    'An event is parked when every attempt at it has run out of time, and never because the feeder stopped.',
  check: async (_, { store, works, parkedBefore }) => {
    for (const { position, attempts, error } of await readParked(store, STICKY)) {
      if (error.code !== TIMED_OUT)
        return `position ${position} is parked for another reason: ${error.message}`;
      if (parkedBefore.has(numberOf(position))) continue;
      const made = Math.max(...works.map((work) => work.attempts.get(numberOf(position)) ?? 0));
      if (made < RETRY.attempts)
        return `position ${position} is parked after ${attempts} attempts, and no feeder made more than ${made}`;
    }
    return undefined;
  },
};

const stopped: Invariant<Life, Command> = {
  name: 'stuck-is-left-alone',
  statement:
    'A stop ends although a handler is stuck. Nothing is handed out afterwards, and unless it abandoned a call, nothing takes effect.',
  check: (_, { afterStop }) => afterStop[0],
};

const describe = (sent: Command): string => {
  if (sent.type === 'append') return `append an event that ${STICKY} sticks at ${sent.sticks}`;
  return sent.type === 'wait' ? `wait ${sent.ms} ms` : sent.type;
};

export default defineSuite({
  name: 'stuck-handlers',
  boot,
  commands: fc.array(command, { minLength: 1, maxLength: 6, size: 'max' }),
  perform: send,
  settle: ({ feeder }) => feeder.idle(),
  shutdown: stopInOrder,
  mustReach: [acknowledgedAndCrashed],
  invariants: [allSettled, parkedForTime, stopped, answered(describe)],
  observe: rememberStore,
  clients: 2,
  marks: ['store:torn-tail-cut', 'bus:event-parked'],
  describe,
});
