/**
 * Several processes of one machine that open, use and close one store, and are killed: one of them has it at a time, a
 * refusal has a live rival as its reason, and nothing that one was answered is lost to the next.
 *
 * The processes live in one simulated world. Each has a name, an environment of its own and a lock file in the directory.
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
import { type Environment, type FileSystem, sleep } from '../../src/environment.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { durability, positions } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { Machine, type SimulatedProcess } from './machine.js';
import { answered } from './no-rejections.js';
import { type AppendAnswer, claimOfAppend, logOf, rememberStore, type StoreLife } from './store-life.js';

const NUMBERS = [1, 2, 3] as const;
/** The process that looks when all others are done. */
const LAST = 9;
const DEEDS = [
  'comes and goes',
  'opens',
  'opens slowly',
  'opens in vain',
  'appends',
  'closes',
  'is killed',
] as const;
/** How long a slow one takes between the choice of its entry's name and the entry. */
const SLOW_MS = 20;
const STREAM = 's';
const EVENT_TYPE = 'Noted';

type Command = { readonly process: (typeof NUMBERS)[number]; readonly does: (typeof DEEDS)[number] };

type Answer = AppendAnswer | string;

/** A process and the store that it has open. */
interface Seat {
  readonly process: SimulatedProcess;
  store: EventStore | undefined;
  state: 'idle' | 'opening' | 'open' | 'closing';
}

interface Life {
  readonly machine: Machine;
  readonly seats: Map<number, Seat>;
  /** Two at a time, or a refusal without a reason, in words. */
  readonly wrong: string[];
  /** Through this the log is looked at, once `settle` has opened it. */
  store: EventStore | undefined;
}

const isBusy = ({ process, state }: Seat): boolean => process.isAlive && state !== 'idle';

const seatOf = ({ machine, seats }: Life, number: number): Seat => {
  const known = seats.get(number);
  if (known?.process.isAlive) return known;
  const seat: Seat = { process: machine.start(number), store: undefined, state: 'idle' };
  seats.set(number, seat);
  return seat;
};

const others = ({ seats }: Life, own: Seat): readonly Seat[] =>
  [...seats.values()].filter((seat) => seat !== own && isBusy(seat));

/** An environment in which the segments can't be opened. */
const withoutSegments = (env: Environment): Environment => {
  const { fs } = env;
  const open: FileSystem['open'] = async (path, flags, mode) => {
    if (String(path).endsWith('.log')) throw Object.assign(new Error(`EIO: open '${path}'`), { code: 'EIO' });
    return await fs.open(path, flags, mode);
  };
  return { ...env, fs: Object.assign(Object.create(fs), { open }) };
};

/** An environment that is slow to show an entry of the lock: a younger one that came meanwhile has looked, and has not seen it. */
const slowToShow = (env: Environment): Environment => {
  const { fs } = env;
  const open: FileSystem['open'] = async (path, flags, mode) => {
    if (String(path).endsWith('.pid')) await sleep(env.clock, SLOW_MS);
    return await fs.open(path, flags, mode);
  };
  return { ...env, fs: Object.assign(Object.create(fs), { open }) };
};

const environmentFor = (does: Command['does'], env: Environment): Environment => {
  if (does === 'opens in vain') return withoutSegments(env);
  return does === 'opens slowly' ? slowToShow(env) : env;
};

const open = async (life: Life, number: number, does: Command['does']): Promise<string> => {
  const seat = seatOf(life, number);
  if (seat.state !== 'idle') return 'busy';
  seat.state = 'opening';
  const rivals = others(life, seat).length;
  const came = life.machine.begun;
  try {
    const env = environmentFor(does, seat.process.env);
    seat.store = await openEventStore(env, '/data', { segmentBytes: 1024 });
  } catch (error) {
    seat.state = 'idle';
    if (does === 'opens in vain' && errorCode(error) === 'EIO') return 'in vain';
    if (errorCode(error) !== 'STORE_LOCKED') throw error;
    // A process that began to open it meanwhile is a reason, too.
    if (rivals === 0 && life.machine.begun === came && others(life, seat).length === 0)
      life.wrong.push(`process ${number} was refused the store, which no other process had or wanted`);
    return 'refused';
  }
  seat.state = 'open';
  // One that is being closed is still written to.
  const holders = [...life.seats.values()].filter(
    ({ process, state }) => process.isAlive && (state === 'open' || state === 'closing'),
  );
  if (holders.length > 1) life.wrong.push(`${holders.length} processes have the store open at once`);
  return 'done';
};

const close = async (seat: Seat): Promise<string> => {
  if (seat.state !== 'open' || seat.store === undefined) return 'not open';
  seat.state = 'closing';
  await seat.store.close();
  seat.state = 'idle';
  return 'done';
};

const append = async ({ state, store }: Seat, index: number): Promise<Answer> => {
  if (state !== 'open' || store === undefined) return 'not open';
  const result = await store
    .appendToStream(STREAM, batchOf(index, EVENT_TYPE, [index]))
    .catch((error: unknown) => {
      if (errorCode(error) !== 'STORE_FAILED') throw error;
      return undefined; // it was closed meanwhile
    });
  if (result === undefined) return 'not open';
  return {
    version: Number(result.nextExpectedStreamVersion),
    position: Number(result.lastEventGlobalPosition),
  };
};

/** Opens the store, appends an event, and closes it again while that is under way. */
const comeAndGo = async (life: Life, number: number, index: number): Promise<Answer> => {
  const opened = await open(life, number, 'comes and goes');
  if (opened !== 'done') return opened;
  const seat = seatOf(life, number);
  const answer = append(seat, index);
  await close(seat);
  return await answer;
};

const act = (life: Life, { process: number, does }: Command, index: number): Promise<Answer> => {
  const seat = seatOf(life, number);
  if (does === 'closes') return close(seat);
  if (does === 'appends') return append(seat, index);
  life.machine.begun++;
  return does === 'comes and goes' ? comeAndGo(life, number, index) : open(life, number, does);
};

const send = async (life: Life, command: Command, { index }: PerformContext): Promise<Answer> => {
  const { process } = seatOf(life, command.process);
  if (command.does !== 'is killed')
    return await Promise.race([act(life, command, index), process.killed.then(() => 'killed')]);
  await process.kill();
  return 'done';
};

const boot = (env: SimulatedEnvironment): Life => {
  const machine = new Machine(env);
  return { machine, seats: new Map(), wrong: [], store: undefined };
};

/** @throws Error no process could open the store, which `oneHolder` reports */
const opened = ({ store }: Life): StoreLife => {
  if (store === undefined) throw new Error('no process has the store open');
  return { store };
};

/** All others are killed: then the last one must be let in. */
const settle = async (life: Life): Promise<void> => {
  const last = seatOf(life, LAST);
  if (last.state === 'open') return;
  for (const { process } of life.seats.values()) if (process !== last.process) await process.kill();
  await open(life, LAST, 'opens');
  if (last.store !== undefined) life.store = last.store;
};

const claimed = (attempted: Attempted<Command, Answer>): Claim =>
  claimOfAppend(attempted, { type: EVENT_TYPE, streamName: STREAM });

const observe = observeOnce(
  async (life: Life, history: History<Command, Answer>): Promise<Observation> => ({
    ...NOTHING_OBSERVED,
    log: await logOf(opened(life)),
    claims: history.commands.map(claimed),
  }),
);

const oneHolder: Invariant<Life, Command> = {
  name: 'one-holder',
  statement: 'One process has the store at a time, and none is refused it while no other has or wants it.',
  check: (_, { wrong }) => wrong[0],
};

const DESCRIBED: Readonly<Record<Command['does'], string>> = {
  'comes and goes': 'opens the store, appends an event and closes it',
  opens: 'opens the store',
  'opens slowly': 'opens the store, and is slow to announce that',
  'opens in vain': 'opens the store, whose segments it can not read',
  appends: 'appends an event',
  closes: 'closes the store',
  'is killed': 'is killed',
};

const describe = ({ process, does }: Command): string => `process ${process} ${DESCRIBED[does]}`;

export default defineSuite({
  name: 'rival-stores',
  boot,
  commands: fc.array(fc.record({ process: fc.constantFrom(...NUMBERS), does: fc.constantFrom(...DEEDS) }), {
    minLength: 1,
    maxLength: 8,
    size: 'max',
  }),
  perform: send,
  settle,
  // First of all: without a holder there is no log to look at.
  mustReach: [retriedAfterCrash],
  invariants: [oneHolder, durability(observe), positions(observe), answered(describe)],
  observe: (life) => rememberStore(opened(life)),
  clients: 3,
  marks: [],
  describe,
  describeResult: (result) => (typeof result === 'string' ? result : 'done'),
});
