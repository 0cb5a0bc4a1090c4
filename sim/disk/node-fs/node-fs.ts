/**
 * The simulated disk as `node:fs` shows a disk: synchronous functions, callbacks, promises and streams, for programs
 * that import it instead of taking an environment. All of them end in the kernel's system calls; those that do not
 * return at once wait for the scheduler, as the environment's own file system does.
 */
import fs from 'node:fs';
import type { Clock, FileSystem } from '../../../src/environment.js';
import { forCaller, type Scheduler } from '../../scheduler/scheduler.js';
import type { ObservedCalls } from '../kernel/observed-calls.js';
import type { SystemCalls } from '../kernel/system-calls.js';
import { checkArguments, checkCallback, checkDescriptor, checkPromised } from './arguments.js';
import { atOnce, inTurns } from './call-sequence.js';
import { type Call, calledBack, isCall, type Start, splitCallback, tell, whenSettled } from './callbacks.js';
import { compoundCalls } from './compound-calls.js';
import { type NodeCalls, nodeCalls, type Path, textOf } from './fs-sync-calls.js';
import { SimulatedDir } from './handles/dir.js';
import { readStream, writeStream } from './handles/file-streams.js';
import { synchronousCalls } from './sync-functions.js';
import { buffersOf, calledRead, transfers, writeOf } from './transfers.js';
import { watchers } from './watch/watchers.js';

type Names = Readonly<Record<string, unknown>>;

/** They wait for a platter: a program that does not wait for them has gone on long before they are done. */
const SYNCS = new Set(['fsync', 'fdatasync']);
const SYNC_MS = 1;

type StartIn = (turns: Scheduler) => Start;

const late =
  (clock: Clock, scheduler: Scheduler, startIn: StartIn): Start =>
  async (args) => {
    const start = startIn(forCaller(scheduler));
    await new Promise<void>((resolve) => void clock.schedule(SYNC_MS, resolve));
    return start(args);
  };

/** The synchronous functions by their names without `Sync`, which look at their arguments first, as Node does. */
const synchronous = (
  kernel: SystemCalls,
  calls: NodeCalls,
  scheduler: Scheduler,
): Readonly<Record<string, Call>> => {
  const { readSync, writeSync, readvSync, writevSync } = transfers(kernel);
  const { readdir } = compoundCalls(kernel, calls, 'sync');
  const opendir = (path: Path, options?: { readonly recursive?: boolean }) => {
    calls.opendir(path);
    const list = () => atOnce(readdir(path, { ...options, withFileTypes: true })) as fs.Dirent[]; // with their types
    return new SimulatedDir(textOf(path), list, scheduler);
  };
  const plain: Names = { ...calls, ...synchronousCalls(kernel, calls), opendir };
  const checked = Object.entries(plain).map(([name, call]): [string, Call] => [
    name,
    name === 'exists'
      ? (path) => isPath(path) && Reflect.apply(call as Call, undefined, [path])
      : (...args) => {
          checkArguments(name, args);
          return (call as Call)(...args); // every one of them is a function, and has looked at its arguments
        },
  ]);
  return {
    ...Object.fromEntries(checked),
    ...{
      read: readSync as Call,
      write: writeSync as Call,
      readv: readvSync as Call,
      writev: writevSync as Call,
    },
  };
};

/** The one function that says of what is no path that nothing is there. */
const isPath = (path: unknown): boolean => {
  try {
    checkArguments('access', [path]);
    return path !== '';
  } catch {
    return false;
  }
};

const streams = (disk: Names): Names => {
  // Functions, not arrows: the two classes are called with and without `new`.
  const make = (construct: typeof readStream | typeof writeStream) =>
    function stream(path: unknown, options: unknown): unknown {
      return construct(disk, path, options);
    };
  const [ReadStream, WriteStream] = [make(readStream), make(writeStream)];
  return {
    ReadStream,
    WriteStream,
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
    createReadStream: ReadStream,
    createWriteStream: WriteStream,
  };
};

/** The four functions whose callback also gets the buffer, even with an error. */
const calledTransfers = (kernel: SystemCalls, { perform }: Scheduler): Names => {
  const { read, write, readv, writev } = transfers(kernel);
  const told = (act: () => number, done: unknown, buffer: unknown): void =>
    tell(perform(act), done as Call, { value: [buffer], error: [0, buffer] }); // it has been checked
  const split = (args: readonly unknown[]) => {
    const [[fd, ...given], done] = splitCallback(args);
    return { fd: checkDescriptor(fd), given, done };
  };
  return {
    read: (...args: unknown[]): void => {
      const { fd, given, done } = split(args);
      // Offset and length come with a position: without one Node takes the callback for it.
      checkCallback(given.length === 3 ? undefined : done);
      const request = calledRead(given);
      told(() => read(fd, request), done, request.buffer);
    },
    write: (...args: unknown[]): void => {
      const { fd, given, done } = split(args);
      checkCallback(done);
      const request = writeOf(given);
      told(() => write(fd, request), done, request.data);
    },
    readv: (...args: unknown[]): void => {
      const { fd, given, done } = split(args);
      const buffers = buffersOf(given[0]);
      checkCallback(done);
      told(() => readv(fd, buffers, given[1]), done, buffers);
    },
    writev: (...args: unknown[]): void => {
      const { fd, given, done } = split(args);
      const buffers = buffersOf(given[0]);
      checkCallback(done);
      told(() => writev(fd, buffers, given[1]), done, buffers);
    },
  };
};

const throwIt = (error: unknown): void => {
  if (error) throw error;
};

const notImplemented = (name: string): Error =>
  Object.assign(new Error(`The ${name} method is not implemented`), { code: 'ERR_METHOD_NOT_IMPLEMENTED' });

/** `start`, unless Node would refuse the arguments: then it fails without a step. */
const promisedCall =
  (name: string, start: Start): Call =>
  (...args) => {
    try {
      checkPromised(name, args);
    } catch (error) {
      return Promise.reject(error);
    }
    return start(args);
  };

/** How each function is started whose answer comes later, by its name. */
const starts = (
  sync: Readonly<Record<string, Call>>,
  several: Names,
  { scheduler, clock }: { readonly scheduler: Scheduler; readonly clock: Clock },
) => {
  const scheduledIn =
    (name: string): StartIn =>
    (turns) =>
    (args) =>
      turns.perform(() => {
        const twin = sync[name];
        if (twin === undefined) throw new Error(`fs.${name} is not simulated.`);
        return twin(...args);
      });
  const inOneCall = (name: string): Start =>
    SYNCS.has(name) ? late(clock, scheduler, scheduledIn(name)) : scheduledIn(name)(scheduler);
  const start = (name: string): Start => {
    const own: unknown = several[name];
    return isCall(own) ? (args) => Promise.resolve(own(...args)) : inOneCall(name);
  };
  return { inOneCall, start };
};

/** A temporary directory that takes itself away, as Node has it since version 24. */
const disposable = (path: string, remove: () => unknown, symbol: 'dispose' | 'asyncDispose'): object => ({
  path,
  remove,
  [Reflect.get(Symbol, symbol)]: remove,
});

/**
 * `node:fs` on a kernel; `promises` is the same disk as the environment shows it. Costs some 50 µs, so it is made for
 * lives that ask for it.
 */
export const createNodeFs = (
  kernel: ObservedCalls,
  scheduler: Scheduler,
  clock: Clock,
  promises: FileSystem,
): object => {
  const calls = nodeCalls(kernel);
  const sync = synchronous(kernel, calls, scheduler);
  const compounds = Object.entries(compoundCalls(kernel, calls, 'promised')).map(
    ([name, sequence]): [string, Call] => [
      name,
      (...args) => inTurns(Reflect.apply(sequence, undefined, args), forCaller(scheduler)),
    ],
  );
  const several: Names = { ...promises, ...Object.fromEntries(compounds) };
  // The promised ones may be given a FileHandle, too.
  const promisedSeveral: Names = { ...several, ...promises };
  const { inOneCall, start } = starts(sync, several, { scheduler, clock });
  const promised: Record<string, unknown> = { constants: fs.constants };
  const withCallback: Record<string, unknown> = {};
  for (const name of Object.keys(sync)) {
    const own: unknown = promisedSeveral[name];
    if (name in fs.promises)
      promised[name] = promisedCall(name, isCall(own) ? async (args) => own(...args) : inOneCall(name));
    // These two are not as their promised namesakes: one gives a descriptor, the other looks at the path's text first.
    const isOwn = name === 'open' || name === 'realpath';
    withCallback[name] = calledBack(isOwn ? inOneCall(name) : start(name), (args) =>
      checkArguments(name, args),
    );
  }
  // The one function whose callback knows no error.
  withCallback.exists = (path: unknown, done: unknown): void => {
    checkCallback(done);
    const told = done as Call; // it was just checked
    if (!isPath(path)) return void told(false);
    whenSettled(inOneCall('exists')([path]), told, told);
  };
  // The callback of `close` is optional. Without one, an error is thrown.
  const close = withCallback.close as Call; // made above, as all of these are
  withCallback.close = (fd: unknown, done: unknown = throwIt): unknown => close(fd, done);
  const native = calledBack(
    (args) => Promise.resolve((promises.realpath as Call)(...args)),
    () => {},
  );
  Object.assign(withCallback.realpath as Call, { native });
  Object.assign(sync.realpath as Call, { native: calls.realpath });
  const { watch, changesIn, watchFile, unwatchFile } = watchers({ kernel, calls, scheduler, clock });
  const remove = (path: string) => () => sync.rm?.(path, { recursive: true, force: true });
  const disk: Names = {
    ...Object.fromEntries(Object.entries(sync).map(([name, call]) => [`${name}Sync`, call])),
    ...withCallback,
    ...calledTransfers(kernel, scheduler),
    constants: fs.constants,
    ...{ watch, watchFile, unwatchFile },
    mkdtempDisposableSync: (...args: unknown[]) => {
      const path = String(sync.mkdtemp?.(...args));
      return disposable(path, remove(path), 'dispose');
    },
    promises: {
      ...promised,
      watch: changesIn,
      lchmod: () => Promise.reject(notImplemented('lchmod()')),
      mkdtempDisposable: async (...args: unknown[]) => {
        const path = String(await (promised.mkdtemp as Call)(...args));
        return disposable(
          path,
          () => (promised.rm as Call)(path, { recursive: true, force: true }),
          'asyncDispose',
        );
      },
    },
  };
  return { ...disk, ...streams(disk) };
};
