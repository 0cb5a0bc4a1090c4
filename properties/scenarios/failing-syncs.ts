/**
 * Now and then a sync fails. Nobody knows then what is on the disk, so the store stops; whoever runs it opens it
 * again and sends the append once more, under the same id: nothing is lost and nothing is there twice.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite.js';
import type { Attempted, History, PerformContext, SimulatedEnvironment } from '../../sim/suite.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { atomicity, durability, positions, retry } from '../invariants/index.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation.js';
import { batchOf } from '../recorded.js';
import { answered } from './answered.js';
import { codeOf } from './feeder-life.js';
import { type LyingDisk, lyingDisk } from './lying-disk.js';
import { headOfStore, logOf, rememberStore } from './store-life.js';

type Append = { readonly sync: 'works' | 'fails' };
/** What the store answered, in the end. */
type Answer = { readonly version: number; readonly position: number };

interface Life {
  readonly disk: LyingDisk;
  readonly open: () => Promise<EventStore>;
  store: EventStore;
}

const STREAM = 's';
const EVENT_TYPE = 'Noted';

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const disk = lyingDisk(env.fs);
  const open = () => openEventStore({ ...env, fs: disk.fs }, '/data', { segmentBytes: 1024 });
  return { disk, open, store: await open() };
};

const append = async ({ store }: Life, index: number): Promise<Answer> => {
  const result = await store.appendToStream(STREAM, batchOf(index, EVENT_TYPE, [index, 'x'.repeat(100)]));
  return {
    version: Number(result.nextExpectedStreamVersion),
    position: Number(result.lastEventGlobalPosition),
  };
};

const send = async (life: Life, { sync }: Append, { index }: PerformContext): Promise<Answer> => {
  if (sync === 'fails') life.disk.failNextSync();
  try {
    return await append(life, index);
  } catch (error) {
    if (codeOf(error) !== 'STORE_FAILED') throw error;
    await life.store.close();
    life.store = await life.open();
    return await append(life, index);
  }
};

const claimed = ({ index, outcome }: Attempted<Append>): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const { version, position } = outcome.result as unknown as Answer; // what `send` resolved to
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
  async (life: Life, history: History<Append>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
  }),
);

const describe = ({ sync }: Append): string =>
  sync === 'works' ? 'append two events' : 'append two events while a sync fails';

export default defineSuite<Life, Append>({
  name: 'failing-syncs',
  boot,
  commands: fc.array(fc.record({ sync: fc.constantFrom('works' as const, 'fails' as const) }), {
    minLength: 1,
    maxLength: 6,
  }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  invariants: [
    ...[durability, atomicity, positions].map((invariant) => invariant<Life, Append>(observe)),
    retry(observe, {
      resend: async (life, { index }) => await append(life, index),
      head: headOfStore,
    }),
    answered(describe),
  ],
  observe: rememberStore,
  marks: ['store:torn-tail-cut'],
  describe,
});
