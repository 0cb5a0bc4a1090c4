/**
 * Now and then a sync fails. The contents of the disk are then unknown, so the store stops. The operator opens it again,
 * and the client sends the append once more under the same id: nothing is lost and nothing is there twice. Or the disk is
 * full: then the append is refused, the log never contains it, and others may follow.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  Attempted,
  History,
  PerformContext,
  SimulatedEnvironment,
  Suite,
  SuiteDefinition,
} from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { atomicity, concurrency, durability, positions, retry } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { type LyingDisk, lyingDisk } from './lying-disk.js';
import { answered } from './no-rejections.js';
import { headOfStore, logOf, rememberStore } from './store-life.js';

const DISKS = ['works', 'fails a sync', 'is full', 'is full under two appends at once'] as const;

type Append = { readonly disk: (typeof DISKS)[number] };
type Appended = { readonly version: number; readonly position: number };
/** What the store answered, in the end. */
type Answer = Appended | 'no room';

interface Life {
  readonly disk: LyingDisk;
  readonly open: () => Promise<EventStore>;
  store: EventStore;
}

const STREAM = 's';
/** The third append, or two at once after the first, make the file grow: half of that write holds a whole append. */
const SEGMENT_BYTES = 8192;
const PADDING = 'x'.repeat(900);
const EVENT_TYPE = 'Noted';

const boot = async (env: Omit<SimulatedEnvironment, 'writeThrough'>): Promise<Life> => {
  const disk = lyingDisk(env.fs);
  const open = () => openEventStore({ ...env, fs: disk.fs }, '/data', { segmentBytes: SEGMENT_BYTES });
  return { disk, open, store: await open() };
};

const append = async ({ store }: Life, index: number): Promise<Appended> => {
  const result = await store.appendToStream(STREAM, batchOf(index, EVENT_TYPE, [index, PADDING]));
  return {
    version: Number(result.nextExpectedStreamVersion),
    position: Number(result.lastEventGlobalPosition),
  };
};

/** Sent right behind the append of a command, so that both share one write. No invariant looks at its answer. */
const appendBeside = async ({ store }: Life, index: number): Promise<void> => {
  const beside = { type: EVENT_TYPE, data: PADDING, messageId: `beside-${index}` };
  await store.appendToStream('beside', [beside]).catch((error: unknown) => {
    if (errorCode(error) !== 'STORE_FULL') throw error;
  });
};

const send = async (life: Life, { disk }: Append, { index }: PerformContext): Promise<Answer> => {
  if (disk === 'fails a sync') life.disk.failSyncs(1);
  if (disk.startsWith('is full')) life.disk.fillUp(1);
  try {
    const answer = append(life, index);
    const beside = disk === 'is full under two appends at once' ? appendBeside(life, index) : undefined;
    // Wait for both, even if the first one fails: a write that lands after the answer would look like a second append.
    await Promise.allSettled([answer, beside]);
    await beside;
    return await answer;
  } catch (error) {
    if (errorCode(error) === 'STORE_FULL') return 'no room';
    if (errorCode(error) !== 'STORE_FAILED') throw error;
    await life.store.close();
    life.store = await life.open();
    return await append(life, index);
  }
};

const claimed = ({ index, outcome, attempts }: Attempted<Append, Answer>): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const answer = outcome.result;
  // A full disk refuses a retry whatever became of the attempt before it.
  if (answer === 'no room')
    return { command: index, status: attempts > 1 ? 'unknown' : 'rejected', events: [] };
  const { version, position } = answer;
  const events = [0, 1].map((before) => ({
    type: EVENT_TYPE,
    streamName: STREAM,
    streamPosition: version - 1 + before,
    globalPosition: position - 1 + before,
    command: index,
  }));
  return { command: index, status: 'acknowledged', events };
};

const observe = observeOnce(
  async (life: Life, history: History<Append, Answer>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
  }),
);

const describe = ({ disk }: Append): string => `append two events to a disk that ${disk}`;

const describeResult = (answer: Answer): string =>
  answer === 'no room' ? 'refused, as there is no room' : `done, the stream is at version ${answer.version}`;

type SuiteOn = Pick<SuiteDefinition<Life, Append, Answer>, 'name' | 'boot'> & {
  readonly disks: readonly Append['disk'][];
};

const suiteOn = ({ name, boot, disks }: SuiteOn): Suite =>
  defineSuite({
    name,
    boot,
    commands: fc.array(fc.record({ disk: fc.constantFrom(...disks) }), {
      minLength: 1,
      maxLength: 6,
    }),
    perform: send,
    shutdown: ({ store }) => store.close(),
    mustReach: [retriedAfterCrash],
    invariants: [
      ...[durability, atomicity, concurrency, positions].map((invariant) => invariant<Life, Append>(observe)),
      retry(observe, {
        resend: async (life, { index, outcome }) =>
          outcome.status === 'acknowledged' && outcome.result === 'no room'
            ? 'no room'
            : { ...(await append(life, index)) },
        head: headOfStore,
        describe,
        describeResult,
      }),
      answered(describe),
    ],
    observe: rememberStore,
    marks: ['store:torn-tail-cut'],
    describe,
    describeResult,
  });

/** On a system on which no write is durable by itself, so that there are syncs to fail. */
export const failingSyncs = suiteOn({
  name: 'failing-syncs',
  boot: ({ writeThrough: _, ...env }) => boot(env),
  disks: DISKS,
});

/** On one on which each write is: what a refused one has written of its half is durable, too, until it is zeroed. */
export const fullDisk = suiteOn({
  name: 'full-disk',
  boot,
  disks: DISKS.filter((disk) => disk !== 'fails a sync'),
});
