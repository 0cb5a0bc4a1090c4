/**
 * The simulated disk as `node:fs` shows a disk: synchronous functions, callbacks, promises and streams, for programs
 * that import it instead of taking an environment. All of them end in the kernel's system calls; those that do not
 * return at once wait for the scheduler, as the environment's own file system does.
 */
import fs from 'node:fs';
import { Volume } from '@jsonjoy.com/fs-node';
import { createFsFromVolume } from 'memfs';
import type { Clock, FileSystem } from '../../src/environment.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import { installGuard } from '../uncontrolled/guard.js';
import type { Kernel } from './kernel.js';

// What node:fs is made of, seen from outside: this file leads calls on and looks at none of their arguments but these.
type Call = (...args: unknown[]) => unknown;
type Names = Readonly<Record<string, unknown>>;

/** Those whose callback is told of the buffer, too. */
const TELLS_BUFFER = new Set(['read', 'readv', 'write', 'writev']);

const isCall = (value: unknown): value is Call => typeof value === 'function';

const wantsFlush = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'flush' in options && options.flush === true;

/** They wait for a platter: a program that does not wait for them has gone on long before they are done. */
const SYNCS = new Set(['fsync', 'fdatasync']);
const SYNC_MS = 1;

type Start = (args: readonly unknown[]) => Promise<unknown>;

const late =
  (clock: Clock, start: Start): Start =>
  async (args) => {
    await new Promise<void>((resolve) => void clock.schedule(SYNC_MS, resolve));
    return start(args);
  };

/** memfs's synchronous functions, with the syncs that it leaves out. */
const synchronous = (kernel: Kernel): Names => {
  const memfs = createFsFromVolume(new Volume(kernel));
  const write =
    (flag: string) =>
    (target: unknown, data: string | Uint8Array, options?: unknown): void => {
      const given = typeof options === 'object' ? options : { encoding: options };
      // Node's declared options and memfs's differ in nothing that is read here.
      const merged = { flag, ...given } as { flag: string; encoding?: BufferEncoding; mode?: number };
      const fd =
        typeof target === 'number' ? target : memfs.openSync(String(target), merged.flag, merged.mode);
      try {
        memfs.writeFileSync(fd, data, merged);
        if (wantsFlush(options)) kernel.sync(fd, 'all');
      } finally {
        if (typeof target !== 'number') memfs.closeSync(fd);
      }
    };
  return {
    ...memfs,
    writeFileSync: write('w'),
    appendFileSync: write('a'),
    fsyncSync: (fd: number) => kernel.sync(fd, 'all'),
    fdatasyncSync: (fd: number) => kernel.sync(fd, 'data'),
  };
};

/** Node's callback form of a promised call; what the callback throws is nobody's to catch, as in Node. */
const callback =
  (start: Start, tell: (args: readonly unknown[]) => readonly unknown[]) =>
  (...args: unknown[]): void => {
    const done = args.at(-1);
    if (!isCall(done)) {
      throw Object.assign(new TypeError('The "cb" argument must be of type function.'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
    const given = args.slice(0, -1);
    void start(given).then(
      (result) => done(null, ...(result === undefined ? [] : [result]), ...tell(given)),
      (error: unknown) => done(error),
    );
  };

/** Node's own streams, over the simulated disk: they know a file only by the functions they are given. */
const streams = (disk: Names): Names => {
  const { asHost } = installGuard();
  const given = (options: unknown): object => ({
    ...(typeof options === 'string' ? { encoding: options } : Object(options)),
    fs: disk,
  });
  // A function, not an arrow: the two classes are called with and without `new`.
  const make = (name: 'ReadStream' | 'WriteStream') =>
    function stream(path: unknown, options: unknown): unknown {
      return asHost(() => Reflect.construct(fs[name], [path, given(options)]));
    };
  const [ReadStream, WriteStream] = [make('ReadStream'), make('WriteStream')];
  return {
    ReadStream,
    WriteStream,
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
    createReadStream: ReadStream,
    createWriteStream: WriteStream,
  };
};

/**
 * `node:fs` on a kernel; `promises` is the same disk as the environment shows it. Costs some 50 µs, so it is made for
 * lives that ask for it.
 */
export const createNodeFs = (
  kernel: Kernel,
  scheduler: Scheduler,
  clock: Clock,
  promises: FileSystem,
): object => {
  const sync = synchronous(kernel);
  const scheduled =
    (name: string): Start =>
    (args) =>
      scheduler.perform(() => {
        const twin = sync[`${name}Sync`];
        if (!isCall(twin)) throw new Error(`fs.${name} is not simulated.`);
        return twin(...args);
      });

  const promised: Record<string, unknown> = { constants: fs.constants };
  const calledBack: Record<string, unknown> = {};
  for (const name of Object.keys(sync)) {
    if (!name.endsWith('Sync')) continue;
    const base = name.slice(0, -'Sync'.length);
    const own: unknown = Reflect.get(promises, base);
    const inOneCall = SYNCS.has(base) ? late(clock, scheduled(base)) : scheduled(base);
    // With a descriptor instead of a path it is one call; by path it may be several, with others in between.
    const start = isCall(own)
      ? (args: readonly unknown[]) =>
          typeof args[0] === 'number' ? inOneCall(args) : Promise.resolve(own(...args))
      : inOneCall;
    if (base in fs.promises) promised[base] = isCall(own) ? own : (...args: unknown[]) => inOneCall(args);
    const byDescriptor = base === 'open';
    calledBack[base] = callback(byDescriptor ? inOneCall : start, (args) =>
      TELLS_BUFFER.has(base) ? [args[1]] : [],
    );
  }
  // The one function whose callback knows no error.
  calledBack.exists = (path: unknown, done: Call): void => {
    void scheduled('exists')([path]).then((found) => done(found));
  };
  const realpath = Object.assign(calledBack.realpath as Call, { native: calledBack.realpath }); // made above
  const disk = { ...sync, ...calledBack, realpath, promises: promised };
  return { ...disk, ...streams(disk) };
};
