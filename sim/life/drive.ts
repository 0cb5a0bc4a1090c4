/**
 * Drives lives: lets a program run until it can go no further, then lets the world make its next move.
 *
 * Explorers are generators that yield the world whose program has to run; how it runs is up to the driver. On Node one macrotask
 * drains the program's microtasks synchronously, thousands of times. On other runtimes each yield costs one turn of the event
 * loop. The program can't see the difference.
 */
import type { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { PROCESS_ENDED } from '../process/process-end.js';
import { processOf } from '../process/simulated-process.js';
import { LifeAbandoned } from './abandoned-life.js';
import type { World } from './world.js';

/** A computation that yields a world wherever all of its program's microtasks must have run before it goes on. */
export type Driven<T> = Generator<World | Over, T, void>;

/** Yielded where a life is over, and in what is made of it: nothing of its program may be in force any more. */
export const OVER = 'over';
type Over = typeof OVER;

export type Settled<T> =
  | { readonly status: 'fulfilled'; readonly value: T }
  | { readonly status: 'rejected'; readonly error: unknown }
  /** The promise is still pending, and would be for ever. */
  | { readonly status: 'stuck'; readonly why: string };

const NOTHING_LEFT = 'deadlock: no pending call and no timer';

const outOfTime = ({ limits: { patienceMs } }: World): string =>
  `timeout: ${patienceMs / 60_000} minutes of simulated time have passed, and a timer is still set ` +
  '(if it needs longer, raise limits.patienceMs or --patience)';

const endless = ({ limits: { callsPerLife } }: World): string =>
  `livelock: ${callsPerLife} calls without becoming idle ` +
  '(if it ends after more, raise limits.callsPerLife or --calls-per-life)';

/** Why nothing more is to be expected of a world in which nothing can happen until a deadline. */
const whyStuck = (world: World): string => {
  if (world.scheduler.isWornOut()) return endless(world);
  return world.clock.next === undefined ? NOTHING_LEFT : outOfTime(world);
};

/**
 * Processor time between two turns of the event loop: short enough for progress, signals and Vitest. The guard compares the
 * whole process with the host's before and after each slice, which takes one of these milliseconds. Of real time it would be
 * more slices, and more comparing, on a busy machine.
 */
const SLICE_MS = 80;
const YIELDS_PER_CLOCK_READING = 32;

/** A suite may replace the whole `process`. */
const cpuUsage = process.cpuUsage.bind(process);

const processorMs = (): number => {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
};

/** Begins a slice; the result says whether it has had its time. Reading processor time is a system call, so it is read last. */
const startSlice = (): (() => boolean) => {
  const endMs = processorMs() + SLICE_MS;
  let lookAtMs = performance.now() + SLICE_MS;
  return () => {
    const nowMs = performance.now();
    if (nowMs < lookAtMs) return false;
    const leftMs = endMs - processorMs();
    lookAtMs = nowMs + Math.max(leftMs, SLICE_MS / 8);
    return leftMs <= 0;
  };
};

/** The program's code runs only as a microtask, so that the guard knows when it does. */
const soon = (act: () => void): void => void Promise.resolve().then(act);

/**
 * Runs `world` until what `start` promises settles, or nothing can happen any more.
 * @throws PROCESS_ENDED where the program's process ends meanwhile, and LifeAbandoned where it is given up
 */
export function* until<T>(world: World, start: () => Promise<T> | T): Driven<Settled<T>> {
  let settled: Settled<T> | undefined;
  const run = async (): Promise<void> => {
    try {
      settled = { status: 'fulfilled', value: await start() };
    } catch (error) {
      world.unhandled(error);
      settled = { status: 'rejected', error };
    }
  };
  world.scheduler.begin();
  soon(() => void run());
  const { callsPerLife, patienceMs } = world.limits;
  const deadlineMs = world.clock.elapsedMs + patienceMs;
  // Of a scheduler that holds calls back each one takes a move.
  for (let moves = 0; moves < callsPerLife; moves++) {
    yield world;
    if (world.isAbandoned) throw new LifeAbandoned();
    if (world.isOver) throw PROCESS_ENDED;
    // Assigned in a microtask, which the compiler can't see.
    const outcome = settled as Settled<T> | undefined;
    if (outcome !== undefined) return outcome;
    if (!world.scheduler.runNext(deadlineMs)) return { status: 'stuck', why: whyStuck(world) };
  }
  return { status: 'stuck', why: endless(world) };
}

/** Marks the spans in which a simulated program's code runs. */
export interface Guard {
  enter(world: World): void;
  leave(): void;
  /** Whose code runs next, up to the next call. */
  handOver(next: World | 'explorer' | 'host'): void;
}

const NO_GUARD: Guard = { enter: () => {}, leave: () => {}, handOver: () => {} };

/** The host's own, taken before any guard is installed: one below is called while a life's code is running. */
const hostSetImmediate = setImmediate;
const hostQueueMicrotask = queueMicrotask;

/** Node's own synchronous drain of next ticks and microtasks. Undocumented (DEP0134), so it is tried before it is used. */
const trySynchronousDrain = (): (() => void) | undefined => {
  const candidate = (process as { _tickCallback?: unknown })._tickCallback; // not in Node's types
  if (typeof candidate !== 'function') return undefined;
  const drain = (): void => candidate.call(process);
  let drained = false;
  soon(() => {
    drained = true;
  });
  drain();
  // Bun has the function, and it does nothing there.
  return drained ? drain : undefined;
};

let tried: Promise<(() => void) | undefined> | undefined;

/** What drains microtasks synchronously on this runtime; undefined where nothing does. Found out once. */
const synchronousDrain = (): Promise<(() => void) | undefined> => {
  tried ??= new Promise((resolve) => void hostSetImmediate(() => resolve(trySynchronousDrain())));
  return tried;
};

const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => void hostSetImmediate(resolve));

/** What a life waits for that the host does: nothing else of any life runs meanwhile. */
const doHostWork = async ({ hostWork }: World): Promise<void> => {
  for (let work = hostWork.shift(); work !== undefined; work = hostWork.shift()) await work();
};

const driveByEventLoop = async <T>(driven: Driven<T>, guard: Guard, isOverdue: IsOverdue): Promise<T> => {
  for (;;) {
    const next = isOverdue() ? driven.throw(new LifeAbandoned()) : driven.next();
    if (next.done === true) {
      guard.handOver('host');
      return next.value;
    }
    if (next.value === OVER) {
      guard.handOver('explorer');
      continue;
    }
    next.value.isOverdue = isOverdue;
    guard.handOver(next.value);
    guard.enter(next.value);
    await turnOfTheEventLoop();
    guard.leave();
    if (next.value.hostWork.length > 0) {
      guard.handOver('host');
      await doHostWork(next.value);
    }
  }
};

/** Asked between two turns of the event loop. */
export type IsOverdue = () => boolean;

/**
 * Runs a driven computation to its end. Rejects with what it throws.
 * @param isOverdue whether to throw LifeAbandoned into it; default: never
 */
export const drive = async <T>(
  driven: Driven<T>,
  guard: Guard = NO_GUARD,
  isOverdue: IsOverdue = () => false,
): Promise<T> => {
  const drain = await synchronousDrain();
  if (drain === undefined) return driveByEventLoop(driven, guard, isOverdue);
  let current: World | undefined;
  for (;;) {
    const result = await new Promise<IteratorReturnResult<T> | undefined>((resolve, reject) => {
      // In a macrotask of our own: microtasks can't be drained from inside one.
      hostSetImmediate(() => {
        try {
          const entered: Guard = {
            enter: (world) => {
              current = world;
              world.isOverdue = isOverdue;
              guard.enter(world);
            },
            leave: guard.leave,
            handOver: guard.handOver,
          };
          resolve(
            catchingErrors(
              () => current,
              () =>
                handingBack(entered, () => slice(isOverdue() ? abandoning(driven) : driven, drain, entered)),
            ),
          );
        } catch (error) {
          reject(error);
        }
      });
    });
    if (result !== undefined) return result.value;
    if (current !== undefined) await doHostWork(current);
  }
};

type Uncaught = (error: unknown) => void;

/**
 * While a program runs, an unhandled error is that program's, not the host's. With a guard, Node's own events reach the process
 * of the life; this is for runs without one.
 */
const catchingErrors = <T>(current: () => World | undefined, act: () => T): T => {
  // As plain names: Node's types tell apart what listeners of each are given, and these two look at the first alone.
  const host: EventEmitter = process;
  const replaced = (['unhandledRejection', 'uncaughtException'] as const).map((event) => {
    const listener: Uncaught = (error) => {
      const world = current();
      if (world !== undefined) processOf(world).uncaught(error, event);
    };
    const hosts = host.listeners(event);
    host.removeAllListeners(event);
    host.on(event, listener);
    return { event, listener, hosts };
  });
  try {
    return act();
  } finally {
    for (const { event, listener, hosts } of replaced) {
      host.removeListener(event, listener);
      for (const own of hosts) host.on(event, own as Uncaught); // the very ones that were taken off it
    }
  }
};

/**
 * Drains the program's queues. An error thrown out of the drain is from a queue of Node's own, without a callback of the
 * program's. Thrown again as a microtask, it takes Node's way to the life's process, and Node's record of async contexts stays
 * intact.
 */
const drainAll = (world: World, drain: () => void): void => {
  for (;;) {
    try {
      drain();
      return;
    } catch (error) {
      processOf(world).uncaught(error, 'uncaughtException');
      hostQueueMicrotask(() => {
        throw PROCESS_ENDED;
      });
    }
  }
};

/** The host finds its process as it left it. */
const handingBack = <T>(guard: Guard, act: () => T): T => {
  try {
    return act();
  } finally {
    guard.handOver('host');
  }
};

/** The computation, which finds at its next step that it was given up. It may go on from there. */
const abandoning = <T>(driven: Driven<T>): Steps<T> => {
  let isTold = false;
  const next = (): IteratorResult<World | Over, T> => {
    if (isTold) return driven.next();
    isTold = true;
    return driven.throw(new LifeAbandoned());
  };
  return { next };
};

type Steps<T> = Pick<Driven<T>, 'next'>;

const slice = <T>(driven: Steps<T>, drain: () => void, guard: Guard): IteratorReturnResult<T> | undefined => {
  const isOver = startSlice();
  do {
    for (let i = 0; i < YIELDS_PER_CLOCK_READING; i++) {
      const next = driven.next();
      if (next.done === true) return next;
      if (next.value === OVER) {
        guard.handOver('explorer');
        // What is made of a life may take longer at each step than a program does at a call.
        if (isOver()) return undefined;
        continue;
      }
      guard.handOver(next.value);
      guard.enter(next.value);
      try {
        drainAll(next.value, drain);
      } finally {
        guard.leave();
      }
      if (next.value.hostWork.length > 0) return undefined;
    }
  } while (!isOver());
  return undefined;
};
