/**
 * Small segments that are soon full: sealed, compacted, indexed, and read back by a store that is opened again. Appended
 * events are there, whichever of these files the power cut left. A reader skips what compaction dropped. A stream of
 * checkpoints does not grow the log without end.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  Attempted,
  History,
  Invariant,
  PerformContext,
  SimulatedEnvironment,
  Suite,
} from '../../sim/suite/suite.js';
import { type Clock, sleep } from '../../src/environment.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore, type StoreOptions } from '../../src/event-store/open-event-store.js';
import { atomicity, durability, liveness, noLoss, order } from '../invariants/index.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { answered } from './no-rejections.js';
import { type Reader, startReader } from './reader.js';
import { headOfStore, logOf } from './store-life.js';

const SEGMENT_BYTES = 1024;
const CHECKPOINTS = '$checkpoint-main';
/** Checkpoints that are kept at least; and what may be left beside them in segments not worth rewriting. */
const KEPT = 2;
const FOUR_CHECKPOINTS = Array.from({ length: 4 }, () => ({ type: 'checkpoint', data: 'x'.repeat(40) }));
const LEFT_OVER = 16;

type Command =
  | { readonly type: 'append'; readonly letters: number }
  /** Four checkpoints, of which all but the last two may soon be dropped. */
  | { readonly type: 'checkpoints' }
  | { readonly type: 'reopen' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('append' as const), letters: fc.constantFrom(1, 300) }),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'checkpoints' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'reopen' as const }) },
);

interface Life {
  readonly clock: Clock;
  readonly open: () => Promise<EventStore>;
  store: EventStore;
  reader: Reader;
}

type Cache = Pick<StoreOptions, 'cacheBytes'>;

type Disk = (env: SimulatedEnvironment) => SimulatedEnvironment;

/** So long that a store can be closed, opened again and written to meanwhile. */
const SLOW_MS = 50;

/**
 * A disk that refuses every other rename, the first among them: what was to take a place is left beside it. And it is slow to open
 * every third segment that is read.
 */
const badDisk: Disk = (env) => {
  let asked = 0;
  let opened = 0;
  const rename: SimulatedEnvironment['fs']['rename'] = async (from, to) => {
    if (asked++ % 2 === 0)
      throw Object.assign(new Error(`EIO: i/o error, rename '${from}'`), { code: 'EIO' });
    await env.fs.rename(from, to);
  };
  const open: SimulatedEnvironment['fs']['open'] = async (path, flags, mode) => {
    if (String(path).endsWith('.log') && flags === 'r' && opened++ % 3 === 0) await sleep(env.clock, SLOW_MS);
    return await env.fs.open(path, flags, mode);
  };
  return { ...env, fs: { ...env.fs, rename, open } };
};

const bootWith =
  (cache: Cache, disk: Disk) =>
  async (env: SimulatedEnvironment): Promise<Life> => {
    const maxCount = (streamName: string) => (streamName === CHECKPOINTS ? KEPT : undefined);
    const open = () =>
      openEventStore(disk(env), '/data', { segmentBytes: SEGMENT_BYTES, ...cache, maxCount });
    const store = await open();
    return { clock: env.clock, open, store, reader: startReader(env.clock, store) };
  };

const EVENT_TYPE = 'Noted';
/** So long that an index file takes more than one sector, and can be torn. */
const STREAM = 's'.repeat(260);

const eventsOf = (letters: number, index: number) => batchOf(index, EVENT_TYPE, ['x'.repeat(letters)]);

/** What the store answered to an append; null to any other command. */
type Answer = Appended | null;
type Appended = { readonly version: number; readonly position: number };

const append = async ({ store }: Life, letters: number, index: number): Promise<Appended> => {
  const result = await store.appendToStream(STREAM, eventsOf(letters, index));
  return {
    version: Number(result.nextExpectedStreamVersion),
    position: Number(result.lastEventGlobalPosition),
  };
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<Answer> => {
  switch (sent.type) {
    case 'append':
      return await append(life, sent.letters, index);
    case 'checkpoints':
      await life.store.appendToStream(CHECKPOINTS, FOUR_CHECKPOINTS);
      return null;
    case 'reopen':
      await life.store.close();
      life.store = await life.open();
      life.reader = startReader(life.clock, life.store);
      return null;
  }
};

const claimed = ({ index, command: sent, outcome }: Attempted<Command, Answer>): Claim => {
  const claim: Claim = { command: index, status: outcome.status, events: [] };
  if (sent.type !== 'append' || outcome.status !== 'acknowledged' || outcome.result === null) return claim;
  const { version, position } = outcome.result;
  const events = eventsOf(sent.letters, index).map(({ type, data, messageId = '' }) => ({
    type,
    data,
    messageId,
    streamName: STREAM,
    streamPosition: version,
    globalPosition: position,
    command: index,
  }));
  return { ...claim, events };
};

const observe = observeOnce(
  async (life: Life, history: History<Command, Answer>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
    subscribers: [life.reader.view()],
  }),
);

/** What the outside world remembers of a life. */
interface Seen {
  /** Positions up to the head at which no event was. */
  readonly dropped: readonly number[];
}

const rememberDropped = async (life: Life) => {
  const log = await logOf(life);
  const present = new Set(log.map(({ globalPosition }) => globalPosition));
  const positions = Array.from({ length: headOfStore(life) }, (_, at) => at + 1);
  const dropped = positions.filter((position) => !present.has(position));
  return { ...remember({ ...NOTHING_OBSERVED, log }), dropped };
};

/** A reader may build on it: the message id of a dropped event is free again. */
const droppedForGood: Invariant<Life, Command, Answer, unknown, Seen> = {
  name: 'dropped-for-good',
  statement: 'An event that compaction dropped, and that a reader no longer found, does not come back.',
  check: async (history, life) => {
    const dropped = new Set(history.observed?.dropped);
    const { log } = await observe(life, history);
    const back = log.find(({ globalPosition }) => dropped.has(globalPosition));
    return back === undefined
      ? undefined
      : `event ${back.globalPosition} is in the log again, though a reader found it dropped`;
  },
};

/** At worst every other record stays: in segments where too few could be dropped. */
const boundedLog: Invariant<Life, Command, Answer> = {
  name: 'bounded-log',
  statement: 'Checkpoints that are past their number do not stay in the log for ever.',
  check: async (history, life) => {
    const { log } = await observe(life, history);
    const left = log.filter(({ streamName }) => streamName === CHECKPOINTS).length;
    const written = Number(life.store.streamVersion(CHECKPOINTS));
    return left <= LEFT_OVER + written / 2
      ? undefined
      : `of ${written} checkpoints ${left} are still in the log, though ${KEPT} are to be kept`;
  },
};

const lastKept: Invariant<Life, Command> = {
  name: 'last-kept',
  statement: `Of the checkpoints the last ${KEPT} are in the log, whatever was dropped.`,
  check: async (history, life) => {
    const { log } = await observe(life, history);
    const left = new Set(
      log.filter(({ streamName }) => streamName === CHECKPOINTS).map(({ streamPosition }) => streamPosition),
    );
    const written = Number(life.store.streamVersion(CHECKPOINTS));
    for (let version = Math.max(1, written - KEPT + 1); version <= written; version++)
      if (!left.has(version)) return `checkpoint ${version} of ${written} is not in the log any more`;
    return undefined;
  },
};

const describe = (sent: Command): string => {
  switch (sent.type) {
    case 'append':
      return `append an event of ${counted(sent.letters, 'letter')}`;
    case 'checkpoints':
      return 'append four checkpoints';
    case 'reopen':
      return 'close the store and open it again';
  }
};

const describeResult = ({ version }: Appended): string => `done, the stream is at version ${version}`;

const works: Disk = (env) => env;

const sealed = (name: string, cache: Cache, disk: Disk = works): Suite =>
  defineSuite({
    name,
    boot: bootWith(cache, disk),
    commands: fc.array(command, { minLength: 1, maxLength: 12, size: 'max' }),
    perform: send,
    settle: ({ reader }) => reader.caughtUp(),
    shutdown: ({ store }) => store.close(),
    mustReach: [retriedAfterCrash],
    invariants: [
      ...[durability, atomicity, noLoss, order, liveness].map((invariant) =>
        invariant<Life, Command>(observe),
      ),
      // A segment that could not be compacted stays as long as it was.
      ...(disk === works ? [boundedLog] : []),
      lastKept,
      droppedForGood,
      answered(describe),
    ],
    observe: rememberDropped,
    marks: ['store:torn-tail-cut', ...(disk === works ? [] : ['store:sealing-failed'])],
    describe,
    describeResult,
  });

export const sealedSegments: readonly Suite[] = [
  // What is read is on the disk.
  sealed('sealed-segments', { cacheBytes: 0 }),
  // What is read is in the cache, where the store kept what it had sealed.
  sealed('sealed-segments/cached', {}),
  // What one compaction left behind lies where the next one writes, and a store is closed while somebody still reads.
  sealed('sealed-segments/bad-disk', { cacheBytes: 0 }, badDisk),
];
