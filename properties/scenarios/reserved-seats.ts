/**
 * Customers reserve the seats of one concert through a command handler, none waiting for the others: no more seats are reserved than
 * there are. Each answer shows the state that the log has at that version.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { commandHandler } from '../../src/command-handler/index.js';
import type { Event, EventStore } from '../../src/event-store/index.js';
import { ofStore } from '../invariants/of-store.js';
import { commandAt, counted } from '../observation/describe-events.js';
import { commandId } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { observeStore } from '../observation/observe-store.js';
import { bootStore, type StoreLife } from './store-life.js';

const CONCERT = 'concert';
const SEATS = 6;
const CUSTOMERS = 3;

type Reserved = Event<'reserved', { readonly seats: number }>;
type Request = { readonly seats: number };

interface Life extends StoreLife {
  readonly env: SimulatedEnvironment;
}

class SoldOutError extends Error {
  override readonly name = 'SoldOutError';
  readonly code = 'SOLD_OUT';
}

/** One more handler for each command, which thereby knows how often it decided. */
const handlerOf = (env: SimulatedEnvironment) => {
  let decided = 0;
  return commandHandler({
    decide: ({ seats }: Request, taken: number): readonly Reserved[] => {
      if (++decided === 2) env.mark('command-handler:decided-again');
      if (taken + seats > SEATS) throw new SoldOutError(`${SEATS - taken} seats are left`);
      return seats === 0 ? [] : [{ type: 'reserved', data: { seats } }];
    },
    evolve: (taken, { data }) => taken + data.seats,
    initialState: () => 0,
  });
};

const reserve = ({ env, store }: Life, request: Request, { index }: PerformContext) =>
  handlerOf(env)(store, CONCERT, request, { commandId: commandId(index) });

type Answer = Awaited<ReturnType<typeof reserve>>;

const seen = observeStore((life: Life) => life);

const takenUpTo = async (store: EventStore, version: number): Promise<number> => {
  const { events } = await store.readStream<Reserved>(CONCERT);
  return events.slice(0, version).reduce((taken, { data }) => taken + data.seats, 0);
};

const notOverbooked: Invariant<Life, Request> = {
  name: 'not-overbooked',
  statement: 'No more seats are reserved than there are, and each answer shows what was reserved by then.',
  check: async ({ commands }: History<Request, Answer>, { store }) => {
    const taken = await takenUpTo(store, Number.POSITIVE_INFINITY);
    if (taken > SEATS) return `${taken} seats are reserved, and there are ${SEATS}`;
    for (const { index, outcome } of commands) {
      if (outcome.status !== 'acknowledged') continue;
      const { newState, nextExpectedStreamVersion } = outcome.result;
      const then = await takenUpTo(store, Number(nextExpectedStreamVersion));
      if (newState !== then)
        return `the answer to ${commandAt(index)} shows ${counted(newState, 'reserved seat')}, and the log had ${then} at that version`;
    }
    return undefined;
  },
};

export default defineSuite({
  name: 'reserved-seats',
  boot: async (env) => ({ ...(await bootStore(env)), env }),
  commands: fc.array(fc.record({ seats: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 5 }),
  perform: reserve,
  shutdown: ({ store }) => store.close(),
  clients: CUSTOMERS,
  mustReach: [retriedAfterCrash],
  invariants: [...ofStore(seen, { resend: reserve }), notOverbooked],
  observe: seen.remember,
  marks: ['command-handler:decided-again'],
  describe: ({ seats }) => `a customer reserves ${counted(seats, 'seat')}`,
  describeResult: ({ outcome }) => outcome,
});
