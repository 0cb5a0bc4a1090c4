/**
 * `process` in a life: listeners, exit and signals are those of the life's own process, and what it queues with
 * `process.nextTick` and `queueMicrotask` ends that process where it throws, and nothing else.
 */
import { EventEmitter } from 'node:events';
import os from 'node:os';
import { active, refuse } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import type { ErrorOrigin } from '../../process/process-end.js';
import { callBack, processOf } from '../../process/simulated-process.js';
import { type Callable, imitate, put } from '../patch.js';

/** Every method of an emitter but `emit`. */
const LISTENING = [
  ...(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const),
  ...(['off', 'removeListener', 'removeAllListeners', 'setMaxListeners', 'getMaxListeners'] as const),
  ...(['listeners', 'rawListeners', 'listenerCount', 'eventNames'] as const),
];

type InProcess = (life: GuardedLife, args: readonly unknown[], patched: object) => unknown;

/** `process[name]`, with `inLife` in its place for code of a life; undefined where there is no such function. */
const served = (name: string, inLife: InProcess): Callable | undefined => {
  const found: unknown = Reflect.get(process, name);
  if (typeof found !== 'function') return undefined;
  const real = found as Callable; // called with the arguments it was given
  const patched: Callable = imitate(real, function (this: unknown, ...args: unknown[]): unknown {
    const { life } = active;
    return life === undefined ? Reflect.apply(real, this, args) : inLife(life, args, patched);
  });
  return patched;
};

const serve = (name: string, inLife: InProcess): void => {
  const patched = served(name, inLife);
  if (patched !== undefined) put(process, name, patched);
};

const BEFORE_EXIT =
  "The program listens for 'beforeExit'. No life emits it: a life waits for commands, so its process never runs out of work. " +
  'Its listener is never called.';

const ADDING = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener']);

const listens = (life: GuardedLife, name: string, args: readonly unknown[]): unknown => {
  const { events } = processOf(life);
  if (args[0] === 'beforeExit' && ADDING.has(name)) life.note?.('BEFORE_EXIT', BEFORE_EXIT);
  const result: unknown = Reflect.apply(Reflect.get(EventEmitter.prototype, name), events, args);
  return result === events ? process : result;
};

const isOrigin = (value: unknown): value is ErrorOrigin =>
  value === 'uncaughtException' || value === 'unhandledRejection';

/** Node itself emits these, in a span, for what the life's code has left to it. True: it is dealt with. */
const emits: InProcess = (life, [name, ...args]) => {
  const own = processOf(life);
  const event = typeof name === 'symbol' ? name : String(name);
  if (event === 'unhandledRejection') {
    if (life.isOver === true) return true;
    try {
      if (own.emit(event, ...args)) return true;
    } catch (error) {
      own.uncaught(error, 'uncaughtException');
      return true;
    }
    own.uncaught(args[0], 'unhandledRejection');
    return true;
  }
  // Node's own call has an origin, and has emitted the monitor's event: that one is left to this.
  if (event === 'uncaughtExceptionMonitor' && isOrigin(args[1])) return true;
  if (event === 'uncaughtException' && isOrigin(args[1])) {
    own.uncaught(args[0], args[1]);
    return true;
  }
  return own.emit(event, ...args);
};

/**
 * `process[name]` that others replace: packages that clean up on exit put functions of their own in the place of two of
 * these, for the life that does so; Vitest puts its own `nextTick` there, and later back what it had found.
 */
const serveReplaceable = (name: 'emit' | 'reallyExit' | 'nextTick', inLife: unknown): void => {
  // Outside of a life it does what it always did; so one that is imported by its name is served, too.
  let hosts: unknown = inLife;
  const ofLives = new WeakMap<GuardedLife, unknown>();
  Reflect.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => (active.life === undefined ? hosts : (ofLives.get(active.life) ?? inLife)),
    set: (value: unknown) => {
      if (active.life === undefined) hosts = value;
      else ofLives.set(active.life, value);
    },
  });
};

/** Signals that end no process of Node's which does not listen for them. */
const IGNORED = new Set(['SIGCHLD', 'SIGCONT', 'SIGPIPE', 'SIGURG', 'SIGWINCH']);
/** What a process can't listen for. */
const UNSTOPPABLE = new Set(['SIGKILL', 'SIGSTOP']);

const unknownSignal = (signal: unknown): TypeError =>
  Object.assign(new TypeError(`Unknown signal: ${String(signal)}`), { code: 'ERR_UNKNOWN_SIGNAL' });

const killFailed = (code: 'ESRCH' | 'EPERM'): Error =>
  Object.assign(new Error(`kill ${code}`), { code, syscall: 'kill', errno: -os.constants.errno[code] });

/** The signal's name; undefined for 0, which only asks whether the process is there. */
const signalOf = (given: unknown): string | undefined => {
  if (given === 0) return undefined;
  const { signals } = os.constants;
  const found = Object.entries(signals).find(([name, number]) => given === name || given === number);
  if (found === undefined) throw unknownSignal(given);
  return found[0];
};

const receive = (life: GuardedLife, signal: string): void => {
  const own = processOf(life);
  if (!UNSTOPPABLE.has(signal) && own.events.listenerCount(signal) > 0) {
    const number = Reflect.get(os.constants.signals, signal);
    life.schedule(0, () => callBack(life, () => own.emit(signal, signal, number)));
    return;
  }
  if (!IGNORED.has(signal)) own.end({ kind: 'signal', signal });
};

const kill: InProcess = (life, [pid, signal = 'SIGTERM'], patched) => {
  const isSelf = pid === process.pid || pid === 0 || pid === -process.pid;
  const name = signalOf(signal);
  if (name === undefined) {
    if (isSelf) return true;
    throw killFailed(pid === process.ppid ? 'EPERM' : 'ESRCH');
  }
  if (!isSelf)
    return refuse(life, 'process.kill', 'hand the program what the other process would do', patched);
  if (name === 'SIGSTOP') return refuse(life, 'process.kill', 'let a random run pause the program', patched);
  receive(life, name);
  return true;
};

const UMASK = 0o022;

/** As in Node: a number, or octal digits; returns what it was before. */
const umask: InProcess = (life, [mask]) => {
  const before = life.umask ?? UMASK;
  if (mask === undefined) return before;
  const next = typeof mask === 'string' ? Number.parseInt(mask, 8) : Number(mask);
  if (!Number.isInteger(next) || next < 0)
    throw Object.assign(new TypeError(`The argument 'mask' is invalid. Received ${String(mask)}`), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  life.umask = next & 0o777;
  return before;
};

const patchEnds = (): void => {
  serveReplaceable(
    'reallyExit',
    served('reallyExit', (life, [code]) => processOf(life).end({ kind: 'exit', code: Number(code ?? 0) })),
  );
  serve('exit', (life, args) => {
    // Node's own setter refuses what is no exit code.
    if (args.length > 0) process.exitCode = args[0] as typeof process.exitCode;
    return processOf(life).exit();
  });
  serve('abort', (life) => processOf(life).end({ kind: 'signal', signal: 'SIGABRT' }));
  serve('kill', kill);
  serve('umask', umask);
};

const patchHandlers = (): void => {
  for (const name of LISTENING) serve(name, (life, args) => listens(life, name, args));
  serveReplaceable('emit', served('emit', emits));
  serve('setUncaughtExceptionCaptureCallback', (life, [callback]) => {
    if (callback !== null && typeof callback !== 'function')
      throw Object.assign(new TypeError('The "fn" argument must be of type function or null.'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    const own = processOf(life);
    if (callback !== null && own.capture !== null)
      throw Object.assign(new Error('`process.setupUncaughtExceptionCapture()` was called twice.'), {
        code: 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET',
      });
    own.capture = callback as SetCapture; // a function or null, as has just been seen
    return undefined;
  });
  serve('hasUncaughtExceptionCaptureCallback', (life) => processOf(life).capture !== null);
};

type SetCapture = ((error: unknown) => void) | null;

/** The queues that Node drains before it does anything else. */
const patchQueues = (): void => {
  const { nextTick } = process;
  serveReplaceable(
    'nextTick',
    imitate(nextTick, (callback: Callable, ...args: unknown[]) => {
      const { life } = active;
      // What is no function is refused by the real one, in its own words.
      if (life === undefined || typeof callback !== 'function') return nextTick(callback, ...args);
      return nextTick(callBack, life, () => callback(...args));
    }),
  );
  const queue = globalThis.queueMicrotask;
  put(
    globalThis,
    'queueMicrotask',
    imitate(queue, (callback: () => void) => {
      const { life } = active;
      if (life === undefined || typeof callback !== 'function') return queue(callback);
      return queue(() => callBack(life, callback));
    }),
  );
};

export const patchProcess = (): void => {
  patchEnds();
  patchHandlers();
  patchQueues();
};
