/**
 * The simulated disk as `node:fs` shows a disk: synchronous functions, callbacks, promises and streams, for programs
 * that import it instead of taking an environment. All of them end in the kernel's system calls; those that do not
 * return at once wait for the scheduler, as the environment's own file system does.
 */
import fs from 'node:fs';
import { posix } from 'node:path';
import { createError } from '@jsonjoy.com/fs-core';
import { type Dirent, Volume } from '@jsonjoy.com/fs-node';
import { createFsFromVolume } from 'memfs';
import type { Clock, FileSystem } from '../../src/environment.js';
import { forCaller, type Scheduler } from '../scheduler/scheduler.js';
import { bytesOf, lengthOf, scatter } from './buffers.js';
import { copyFile, copyMode } from './copy-file.js';
import { copyOptions } from './copy-options.js';
import { TreeCopy } from './copy-tree.js';
import { SimulatedDir } from './directory-stream.js';
import { SimulatedFileHandle } from './file-handle.js';
import type { Kernel } from './kernel.js';
import { type NodeCalls, nodeCalls, type Path, pathOf, statsOf, textOf } from './node-calls.js';
import { atOnce, inTurns } from './sequence.js';
import { readStream, writeStream } from './streams.js';
import { errorCode } from './system-call.js';

// What node:fs is made of, seen from outside: this file leads calls on and looks at none of their arguments but these.
type Call = (...args: unknown[]) => unknown;
type Names = Readonly<Record<string, unknown>>;

/** Those whose callback is told of the buffer, too. */
const TELLS_BUFFER = new Set(['read', 'readv', 'write', 'writev']);

const isCall = (value: unknown): value is Call => typeof value === 'function';

/** They wait for a platter: a program that does not wait for them has gone on long before they are done. */
const SYNCS = new Set(['fsync', 'fdatasync']);
const SYNC_MS = 1;

type Start = (args: readonly unknown[]) => Promise<unknown>;
type StartIn = (turns: Scheduler) => Start;

const late =
  (clock: Clock, scheduler: Scheduler, startIn: StartIn): Start =>
  async (args) => {
    const start = startIn(forCaller(scheduler));
    await new Promise<void>((resolve) => void clock.schedule(SYNC_MS, resolve));
    return start(args);
  };

interface FileOptions {
  readonly encoding?: BufferEncoding | null;
  readonly flag?: string | number;
  readonly mode?: number | string;
  readonly flush?: boolean;
}
type Target = Path | number;

const fileOptions = (options: FileOptions | BufferEncoding | null | undefined): FileOptions =>
  typeof options === 'object' && options !== null ? options : { encoding: options ?? null };

const TEMPORARY_NAMES = 36 ** 6;

/** What Node makes of several system calls, synchronously. Whatever it opens it closes. */
const compounds = (kernel: Kernel, calls: NodeCalls): Names => {
  const withFile = <T>(
    target: Target,
    flag: string | number,
    mode: FileOptions['mode'],
    use: (fd: number) => T,
  ): T => {
    if (typeof target === 'number') return use(target);
    const fd = calls.open(target, flag, mode ?? null);
    try {
      return use(fd);
    } finally {
      kernel.close(fd);
    }
  };
  const write =
    (otherwise: string) =>
    (target: Target, data: string | ArrayBufferView, options?: FileOptions | BufferEncoding | null): void => {
      const { encoding, flag = otherwise, mode, flush } = fileOptions(options);
      const bytes =
        typeof data === 'string'
          ? Buffer.from(data, encoding ?? 'utf8')
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      withFile(target, flag, mode, (fd) => {
        for (let done = 0; done < bytes.length; )
          done += kernel.write(fd, bytes, done, bytes.length - done, null);
        if (flush === true) kernel.sync(fd, 'all');
      });
    };
  const readFile = (target: Target, options?: FileOptions | BufferEncoding | null): Buffer | string => {
    const { encoding, flag = 'r' } = fileOptions(options);
    return withFile(target, flag, undefined, (fd) => {
      const file = kernel.getFileByFdOrThrow(fd, 'read');
      // One byte at least: an empty file, too, is read to its end, and what can't be read says so.
      const buffer = Buffer.alloc(Math.max(1, file.node.getSize() - file.position));
      let done = 0;
      let count: number;
      do {
        count = kernel.read(fd, buffer, done, buffer.length - done, null);
        done += count;
      } while (count > 0 && done < buffer.length);
      const bytes = buffer.subarray(0, done);
      return encoding ? bytes.toString(encoding) : bytes;
    });
  };
  // Only these two forms can tell by what they return that nothing is there.
  const orNothing =
    (look: NodeCalls['stat']) =>
    (path: Path, options?: { readonly bigint?: boolean; readonly throwIfNoEntry?: boolean }) => {
      try {
        return look(path, options);
      } catch (error) {
        if (options?.throwIfNoEntry === false && errorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    };
  const ftruncate = (fd: number, length?: number | null): void =>
    kernel.ftruncate(fd, Math.max(0, length ?? 0));
  const exists = (path: Path): boolean => {
    try {
      calls.access(path);
      return true;
    } catch {
      return false;
    }
  };
  return {
    readFileSync: readFile,
    writeFileSync: write('w'),
    appendFileSync: write('a'),
    statSync: orNothing(calls.stat),
    lstatSync: orNothing(calls.lstat),
    ftruncateSync: ftruncate,
    truncateSync: (target: Target, length?: number | null) =>
      withFile(target, 'r+', undefined, (fd) => ftruncate(fd, length)),
    copyFileSync: (from: Path, to: Path, mode?: number) =>
      atOnce(copyFile(kernel, calls, from, to, copyMode(mode))),
    cpSync: (from: Path, to: Path, options?: unknown): void =>
      atOnce(new TreeCopy(kernel, calls, 'sync', copyOptions(options)).copy(textOf(from), textOf(to))),
    // Without `native` Node takes dots away by the text alone, before it looks what is there.
    realpathSync: (path: Path, options?: BufferEncoding) =>
      calls.realpath(posix.resolve('/', pathOf(path)), options),
    existsSync: exists,
    fstatSync: (fd: number, options?: { readonly bigint?: boolean }) => {
      const { link, node } = kernel.getFileByFdOrThrow(fd, 'fstat');
      return kernel.observe('fstat', link.getPath() || '/', () => statsOf(link, node, options));
    },
    fsyncSync: (fd: number) => kernel.sync(fd, 'all'),
    fdatasyncSync: (fd: number) => kernel.sync(fd, 'data'),
    fchownSync: (fd: number) => {
      const { link } = kernel.getFileByFdOrThrow(fd, 'fchown');
      kernel.observe('fchown', link.getPath() || '/', () => undefined);
    },
    // One system call each, whatever the number of buffers.
    readvSync: (fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number => {
      if (buffers.length === 0) throw createError('EINVAL', 'read');
      const bytes = Buffer.alloc(lengthOf(buffers));
      const count = kernel.readVector(fd, bytes, position ?? null);
      scatter(bytes.subarray(0, count), buffers);
      return count;
    },
    writevSync: (fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number => {
      if (buffers.length === 0) return 0; // Node asks the system for nothing
      const bytes = Buffer.concat(buffers.map(bytesOf));
      return kernel.write(fd, bytes, 0, bytes.length, position ?? null);
    },
    mkdtempSync: (prefix: string): string => {
      // The first name that is free: equal disks give equal names, without drawing any.
      for (let number = 0; number < TEMPORARY_NAMES; number++) {
        const path = `${prefix}${number.toString(36).padStart(6, '0')}`;
        if (exists(path)) continue;
        calls.mkdir(path, { mode: 0o700 });
        return path;
      }
      throw Object.assign(new Error(`EEXIST: no name is free, mkdtemp '${prefix}'`), { code: 'EEXIST' });
    },
  };
};

/** The synchronous functions: our own, and memfs's where they only stand on the kernel's. */
const synchronous = (kernel: Kernel, scheduler: Scheduler): Names => {
  const calls = nodeCalls(kernel);
  const own = Object.entries(calls).map(([name, call]) => [`${name}Sync`, call] as const);
  return {
    ...createFsFromVolume(new Volume(kernel)),
    ...Object.fromEntries(own),
    ...compounds(kernel, calls),
    opendirSync: (path: Path, options?: { readonly recursive?: boolean }) => {
      calls.opendir(path);
      const list = () => calls.readdir(path, { ...options, withFileTypes: true }) as Dirent[]; // with their types
      return new SimulatedDir(String(path), list, scheduler);
    },
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

const streams = (disk: Names): Names => {
  // Functions, not arrows: the two classes are called with and without `new`.
  const make = (construct: typeof readStream | typeof writeStream) =>
    function stream(path: unknown, options: unknown): unknown {
      const file: unknown = Reflect.get(Object(options), 'fd');
      if (!(file instanceof SimulatedFileHandle)) return construct(disk, path, options);
      return construct(file.streamDisk(), path, { ...Object(options), fd: file.fd });
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
  const sync = synchronous(kernel, scheduler);
  const several: Names = {
    ...promises,
    cp: async (from: Path, to: Path, options?: unknown): Promise<void> => {
      const copy = new TreeCopy(kernel, nodeCalls(kernel), 'promised', copyOptions(options));
      return inTurns(copy.copy(textOf(from), textOf(to)), forCaller(scheduler));
    },
  };
  const scheduledIn =
    (name: string): StartIn =>
    (turns) =>
    (args) =>
      turns.perform(() => {
        const twin = sync[`${name}Sync`];
        if (!isCall(twin)) throw new Error(`fs.${name} is not simulated.`);
        return twin(...args);
      });
  const scheduled = (name: string): Start => scheduledIn(name)(scheduler);

  const promised: Record<string, unknown> = { constants: fs.constants };
  const calledBack: Record<string, unknown> = {};
  for (const name of Object.keys(sync)) {
    if (!name.endsWith('Sync')) continue;
    const base = name.slice(0, -'Sync'.length);
    const own: unknown = several[base];
    const inOneCall = SYNCS.has(base) ? late(clock, scheduler, scheduledIn(base)) : scheduled(base);
    // With a descriptor instead of a path it is one call; by path it may be several, with others in between.
    const start = isCall(own)
      ? (args: readonly unknown[]) =>
          typeof args[0] === 'number' ? inOneCall(args) : Promise.resolve(own(...args))
      : inOneCall;
    if (base in fs.promises) promised[base] = isCall(own) ? own : (...args: unknown[]) => inOneCall(args);
    // These two are not as their promised namesakes: one gives a descriptor, the other looks at the path's text first.
    const isOwn = base === 'open' || base === 'realpath';
    calledBack[base] = callback(isOwn ? inOneCall : start, (args) =>
      TELLS_BUFFER.has(base) ? [args[1]] : [],
    );
  }
  // The one function whose callback knows no error.
  calledBack.exists = (path: unknown, done: Call): void => {
    void scheduled('exists')([path]).then((found) => done(found));
  };
  const realpath = Object.assign(calledBack.realpath as Call, {
    native: callback(
      (args) => Promise.resolve((promises.realpath as Call)(...args)),
      () => [],
    ),
  }); // made above
  const native: unknown = nodeCalls(kernel).realpath;
  const realpathSync = Object.assign(sync.realpathSync as Call, { native }); // made above, too
  const disk = { ...sync, ...calledBack, realpath, realpathSync, promises: promised };
  return { ...disk, ...streams(disk) };
};
