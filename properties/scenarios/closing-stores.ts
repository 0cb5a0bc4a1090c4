/**
 * A store that is closed while appends are pending. Appends sent before are answered and durable. Appends sent after are
 * refused. A second close waits with the first, and both wait for a read that began before. The next open finds everything.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import type { EventData } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { positions } from '../invariants/index.js';
import { commandAt, counted } from '../observation/describe-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore } from './store-life.js';

/** Appends sent right before and right after the store is closed. */
type Close = { readonly before: number; readonly after: number };

/** What became of each: 'done', or the code it was refused with. */
type Answer = {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly closed: readonly string[];
};

interface Life {
  readonly open: () => Promise<EventStore>;
  store: EventStore;
}

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const open = () => openEventStore(env, '/data', { segmentBytes: 1024 });
  return { open, store: await open() };
};

/** Few of them fill a segment. */
const PADDING = 'x'.repeat(150);
const idOf = (index: number, when: keyof Close, number: number): string => `${when}-${index}-${number}`;

const eventsOf = (index: number, when: keyof Close, count: number): readonly EventData[] =>
  Array.from({ length: count }, (_, number) => ({
    type: 'Noted',
    data: PADDING,
    messageId: idOf(index, when, number),
  }));

const told = async (asked: readonly Promise<unknown>[]): Promise<readonly string[]> =>
  (await Promise.allSettled(asked)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'done' : errorCode(outcome.reason) || String(outcome.reason),
  );

const send = async (life: Life, { before, after }: Close, { index }: PerformContext): Promise<Answer> => {
  const { store } = life;
  // Each an append of its own: some share a write, others wait for the next.
  const append = (event: EventData) => store.appendToStream('s', [event]);
  const under = eventsOf(index, 'before', before).map(append);
  let isRead = false;
  const reading = store.readAll().finally(() => {
    isRead = true;
  });
  let isClosed = false;
  const first = store.close().then(() => {
    isClosed = true;
    if (!isRead) throw new Error('told before a read had ended');
  });
  const late = eventsOf(index, 'after', after).map(append);
  const second = store.close().then(() => {
    if (!isClosed) throw new Error('told before the store was closed');
  });
  const [toldBefore, toldAfter, closed] = await Promise.all([
    told(under),
    told(late),
    told([first, second]),
    told([reading]),
  ]);
  life.store = await life.open();
  return { before: toldBefore, after: toldAfter, closed };
};

const observe = observeOnce(
  async (life: Life): Promise<Observation> => ({ ...NOTHING_OBSERVED, log: await logOf(life) }),
);

const closesInOrder: Invariant<Life, Close, Answer> = {
  name: 'closes-in-order',
  statement:
    'Closing waits for the appends and reads sent before it, refuses the appends sent after it, and may be repeated.',
  check: async (history: History<Close, Answer>, life) => {
    const { log } = await observe(life, history);
    const ids = log.map(({ messageId }) => messageId);
    for (const { index, command, outcome } of history.commands) {
      const taken = ids.find((id) => id.startsWith(`after-${index}-`));
      if (taken !== undefined) return `${taken} was sent after the store was closed, and is in the log`;
      if (outcome.status !== 'acknowledged') continue;
      const { before, after, closed } = outcome.result;
      const wrong =
        before.find((answer) => answer !== 'done') ??
        after.find((answer) => answer !== 'STORE_FAILED') ??
        closed.find((answer) => answer !== 'done');
      if (wrong !== undefined)
        return `of ${commandAt(index)} the appends sent before were answered ${before.join(', ') || 'nothing'}; those after ${after.join(', ') || 'nothing'}; the closings ${closed.join(', ')}`;
      for (let number = 0; number < command.before; number++) {
        const own = ids.filter((id) => id === idOf(index, 'before', number)).length;
        if (own !== 1) return `an append sent before the store was closed is in the log ${own} times`;
      }
    }
    return undefined;
  },
};

const describe = ({ before, after }: Close): string =>
  `send ${counted(before, 'append')}, close the store, send ${counted(after, 'append')}, close it again and open it`;

const describeResult = (result: Answer): string => {
  const { before, after } = result;
  return `before: ${before.join(', ') || 'nothing'}; after: ${after.join(', ') || 'nothing'}`;
};

export default defineSuite({
  name: 'closing-stores',
  boot,
  commands: fc.array(fc.record({ before: fc.nat(4), after: fc.nat(2) }), { minLength: 1, maxLength: 4 }),
  perform: send,
  shutdown: ({ store }) => store.close(),
  mustReach: [retriedAfterCrash],
  invariants: [closesInOrder, positions(observe), answered(describe)],
  observe: rememberStore,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
