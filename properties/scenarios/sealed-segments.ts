/**
 * Small segments that are soon full: sealed, compacted, indexed, and read back by a store that is opened again. What
 * was appended is there whichever of all these files the power cut left, a reader passes over what compaction
 * dropped, and a stream of checkpoints does not grow the log without end.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite.js';
import type { Attempted, History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite.js';
import type { Clock } from '../../src/environment.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { atomicity, durability, liveness, noLoss, order } from '../invariants/index.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation.js';
import { batchOf } from '../recorded.js';
import { answered } from './answered.js';
import { type Reader, startReader } from './reader.js';
import { logOf, rememberStore } from './store-life.js';

const SEGMENT_BYTES = 1024;
const CHECKPOINTS = '$checkpoint-main';
/** Checkpoints that are kept at least; and what may be left beside them in segments not worth rewriting. */
const KEPT = 2;
const LEFT_OVER = 16;

type Command =
  | { readonly type: 'append'; readonly letters: number }
  /** Four checkpoints, of which all but the last two may soon be dropped. */
  | { readonly type: 'checkpoints' }
  | { readonly type: 'reopen' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('append' as const), letters: fc.constantFrom(1, 300) }) },
  { weight: 3, arbitrary: fc.constant({ type: 'checkpoints' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'reopen' as const }) },
);

interface Life {
  readonly clock: Clock;
  readonly open: () => Promise<EventStore>;
  store: EventStore;
  reader: Reader;
}

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const maxCount = (streamName: string) => (streamName === CHECKPOINTS ? KEPT : undefined);
  // Nothing is cached: what is read is on the disk.
  const open = () => openEventStore(env, '/data', { segmentBytes: SEGMENT_BYTES, cacheBytes: 0, maxCount });
  const store = await open();
  return { clock: env.clock, open, store, reader: startReader(env.clock, store) };
};

const EVENT_TYPE = 'Noted';
const STREAM = 's';

const eventsOf = (letters: number, index: number) => batchOf(index, EVENT_TYPE, ['x'.repeat(letters)]);

/** Resolves to the position of the event, for an append. */
const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<number | null> => {
  switch (sent.type) {
    case 'append': {
      const { store } = life;
      const { lastEventGlobalPosition } = await store.appendToStream(STREAM, eventsOf(sent.letters, index));
      return Number(lastEventGlobalPosition);
    }
    case 'checkpoints':
      for (let count = 0; count < 4; count++) {
        await life.store.appendToStream(CHECKPOINTS, [{ type: 'checkpoint', data: { padding: 'x'.repeat(40) } }]);
      }
      return null;
    case 'reopen':
      await life.store.close();
      life.store = await life.open();
      life.reader = startReader(life.clock, life.store);
      return null;
  }
};

const claimed = ({ index, command: sent, outcome }: Attempted<Command>): Claim => {
  const claim: Claim = { command: index, status: outcome.status, events: [] };
  if (sent.type !== 'append' || outcome.status !== 'acknowledged') return claim;
  const globalPosition = Number(outcome.result);
  const events = eventsOf(sent.letters, index).map(({ type, data, messageId = '' }) => ({
    type,
    data,
    messageId,
    streamName: STREAM,
    globalPosition,
    command: index,
  }));
  return { ...claim, events: events.map((event) => ({ ...event, streamPosition: positionInStream(claim, index) })) };
};
