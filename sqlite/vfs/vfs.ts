/** The VFS as SQLite sees it: C structures in its memory, and the functions that they point to. */
import { randomFillSync } from 'node:crypto';
import type { WasmFunction } from '../wasm/assembly.js';
import {
  CANTOPEN,
  FULL,
  IOERR_DELETE,
  IOERR_FSTAT,
  IOERR_FSYNC,
  IOERR_READ,
  IOERR_SHORT_READ,
  IOERR_TRUNCATE,
  IOERR_WRITE,
  NOTFOUND,
  OK,
  OK_SYMLINK,
  type Pointer,
} from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';
import type { Signature } from '../wasm/trampolines.js';
import type { OpenFile, UnixFiles } from './unix-files.js';

/** What the VFS works for: the files of one process, and what it tells of them. */
export interface VfsUser {
  readonly files: UnixFiles;
  /** By the address of SQLite's own structure. */
  readonly open: Map<Pointer, OpenFile>;
  /** The last error of `node:fs`, which SQLite knows as a code only. */
  failure: unknown;
}

/** Offsets in the structures, which are those of every 32-bit build. */
const VFS = { bytes: 88, version: 0, fileBytes: 4, pathMax: 8, name: 16, firstMethod: 24 } as const;
const METHODS_BYTES = 76;
const POINTER_BYTES = 4;
/** Of `sqlite3_file`: the pointer to its methods. */
const FILE_BYTES = 8;
const PATH_MAX = 512;

/** In the order of the structures; null: SQLite does without. */
const VFS_METHODS = [
  'xOpen',
  'xDelete',
  'xAccess',
  'xFullPathname',
  undefined,
  undefined,
  undefined,
  undefined,
  'xRandomness',
  'xSleep',
  undefined,
  'xGetLastError',
  'xCurrentTimeInt64',
] as const;
const FILE_METHODS = [
  'xClose',
  'xRead',
  'xWrite',
  'xTruncate',
  'xSync',
  'xFileSize',
  'xLock',
  'xUnlock',
  'xCheckReservedLock',
  'xFileControl',
  'xSectorSize',
  'xDeviceCharacteristics',
  'xShmMap',
  'xShmLock',
  'xShmBarrier',
  'xShmUnmap',
] as const;

export const VFS_SIGNATURES: Readonly<
  Record<NonNullable<(typeof VFS_METHODS)[number]> | (typeof FILE_METHODS)[number], Signature>
> = {
  xOpen: 'i(iiiii)',
  xDelete: 'i(iii)',
  xAccess: 'i(iiii)',
  xFullPathname: 'i(iiii)',
  xRandomness: 'i(iii)',
  xSleep: 'i(ii)',
  xGetLastError: 'i(iii)',
  xCurrentTimeInt64: 'i(ii)',
  xClose: 'i(i)',
  xRead: 'i(iiij)',
  xWrite: 'i(iiij)',
  xTruncate: 'i(ij)',
  xSync: 'i(ii)',
  xFileSize: 'i(ii)',
  xLock: 'i(ii)',
  xUnlock: 'i(ii)',
  xCheckReservedLock: 'i(ii)',
  xFileControl: 'i(iii)',
  xSectorSize: 'i(i)',
  xDeviceCharacteristics: 'i(i)',
  xShmMap: 'i(iiiii)',
  xShmLock: 'i(iiii)',
  xShmBarrier: 'v(i)',
  xShmUnmap: 'i(ii)',
};

/** What the VFS for Unix says of the device: a write does not disturb the bytes beside it, and part of a page may be read. */
const POWERSAFE_OVERWRITE = 0x1000;
const SUBPAGE_READ = 0x8000;
const SECTOR_BYTES = 4096;

const ACCESS_EXISTS = 0;
/** Milliseconds from noon of 24 November 4714 BC, which SQLite counts from, to the Unix epoch. */
const JULIAN_EPOCH_MS = 210_866_760_000_000n;

const CONTROL = {
  lockState: 1,
  sizeHint: 5,
  chunkSize: 6,
  persistWal: 10,
  powersafeOverwrite: 13,
  hasMoved: 20,
  externalReader: 40,
} as const;

type Methods = Readonly<Record<keyof typeof VFS_SIGNATURES, WasmFunction>>;

/** What a VFS method needs of whom it works for, and how it reports that `node:fs` threw. */
const attempting =
  (user: () => VfsUser) =>
  (failure: number, act: () => number): number => {
    try {
      return act();
    } catch (error) {
      user().failure = error;
      const isFull = failure === IOERR_WRITE && Reflect.get(Object(error), 'code') === 'ENOSPC';
      return isFull ? FULL : failure;
    }
  };

/** The methods of the VFS. */
const systemMethods = (machine: () => Machine, user: () => VfsUser) => {
  const attempt = attempting(user);
  const textAt = (at: Pointer): string => machine().text(at) ?? '';
  return {
    xOpen: (_vfs: Pointer, name: Pointer, at: Pointer, flags: number, flagsOut: Pointer) =>
      attempt(CANTOPEN, () => {
        const { open, files } = user();
        machine().heap.writeUInt32LE(0, at);
        const { file, flags: granted } = files.open(machine().text(name), flags);
        open.set(at, file);
        machine().heap.writeUInt32LE(fileMethodsOf(machine()), at);
        if (flagsOut !== 0) machine().heap.writeInt32LE(granted, flagsOut);
        return OK;
      }),
    xDelete: (_vfs: Pointer, name: Pointer, syncDirectory: number) =>
      attempt(IOERR_DELETE, () => user().files.delete(textAt(name), (syncDirectory & 1) !== 0)),
    xAccess: (_vfs: Pointer, name: Pointer, flags: number, answer: Pointer) =>
      attempt(IOERR_READ, () => {
        const { files } = user();
        const path = textAt(name);
        const is = flags === ACCESS_EXISTS ? files.exists(path) : files.isWritable(path);
        machine().heap.writeInt32LE(is ? 1 : 0, answer);
        return OK;
      }),
    xFullPathname: (_vfs: Pointer, name: Pointer, room: number, out: Pointer) =>
      attempt(CANTOPEN, () => {
        const { path, isLink } = user().files.fullPath(textAt(name));
        const bytes = Buffer.from(`${path}\0`, 'utf8');
        if (bytes.length > room) return CANTOPEN;
        machine().heap.set(bytes, out);
        return isLink ? OK_SYMLINK : OK;
      }),
    xRandomness: (_vfs: Pointer, count: number, at: Pointer) => {
      machine().heap.set(randomFillSync(Buffer.alloc(count)), at);
      return count;
    },
    // No other code of this process can release a lock while this call blocks.
    xSleep: (_vfs: Pointer, microseconds: number) => microseconds,
    xGetLastError: () => 0,
    xCurrentTimeInt64: (_vfs: Pointer, at: Pointer) => {
      machine().heap.writeBigInt64LE(JULIAN_EPOCH_MS + BigInt(Date.now()), at);
      return OK;
    },
  };
};

/** `xFileControl` of what programs can set by a PRAGMA or ask for; the rest SQLite does without. */
const control = ({ heap }: Machine, files: UnixFiles, file: OpenFile, what: number, at: Pointer): number => {
  switch (what) {
    case CONTROL.lockState:
      heap.writeInt32LE(file.level, at);
      return OK;
    case CONTROL.sizeHint:
      files.sizeHint(file, Number(heap.readBigInt64LE(at)));
      return OK;
    case CONTROL.chunkSize:
      file.chunkBytes = heap.readInt32LE(at);
      return OK;
    case CONTROL.persistWal:
      if (heap.readInt32LE(at) >= 0) file.persistWal = heap.readInt32LE(at) !== 0;
      heap.writeInt32LE(file.persistWal ? 1 : 0, at);
      return OK;
    case CONTROL.powersafeOverwrite:
      heap.writeInt32LE(1, at);
      return OK;
    case CONTROL.hasMoved:
      heap.writeInt32LE(files.hasMoved(file) ? 1 : 0, at);
      return OK;
    case CONTROL.externalReader:
      heap.writeInt32LE(0, at);
      return OK;
    default:
      return NOTFOUND;
  }
};

/** The methods of an open file. */
const fileMethods = (machine: () => Machine, user: () => VfsUser) => {
  const attempt = attempting(user);
  const fileAt = (at: Pointer): OpenFile => {
    const file = user().open.get(at);
    if (file === undefined) throw new Error('SQLite uses a file that is not open.');
    return file;
  };
  const on = (at: Pointer, failure: number, act: (file: OpenFile, files: UnixFiles) => void): number =>
    attempt(failure, () => {
      act(fileAt(at), user().files);
      return OK;
    });
  return {
    xClose: (at: Pointer) =>
      on(at, OK, (file, files) => {
        user().open.delete(at);
        files.close(file);
      }),
    xRead: (at: Pointer, into: Pointer, count: number, offset: bigint) =>
      attempt(IOERR_READ, () => {
        const target = machine().heap.subarray(into, into + count);
        const done = user().files.read(fileAt(at), target, Number(offset));
        if (done === count) return OK;
        target.fill(0, done);
        return IOERR_SHORT_READ;
      }),
    xWrite: (at: Pointer, from: Pointer, count: number, offset: bigint) =>
      on(at, IOERR_WRITE, (file, files) =>
        files.write(file, machine().heap.subarray(from, from + count), Number(offset)),
      ),
    xTruncate: (at: Pointer, size: bigint) =>
      on(at, IOERR_TRUNCATE, (file, files) => files.truncate(file, Number(size))),
    xSync: (at: Pointer, _flags: number) => on(at, IOERR_FSYNC, (file, files) => files.sync(file)),
    xFileSize: (at: Pointer, out: Pointer) =>
      on(at, IOERR_FSTAT, (file, files) => {
        machine().heap.writeBigInt64LE(BigInt(files.size(file)), out);
      }),
    xLock: (at: Pointer, level: number) => {
      const file = fileAt(at);
      return file.shared?.locks.lock(file, level) ?? OK;
    },
    xUnlock: (at: Pointer, level: number) => {
      const file = fileAt(at);
      file.shared?.locks.unlock(file, level);
      return OK;
    },
    xCheckReservedLock: (at: Pointer, out: Pointer) => {
      machine().heap.writeInt32LE(fileAt(at).shared?.locks.isReserved === true ? 1 : 0, out);
      return OK;
    },
    xFileControl: (at: Pointer, what: number, argument: Pointer) =>
      attempt(IOERR_TRUNCATE, () => control(machine(), user().files, fileAt(at), what, argument)),
    xSectorSize: () => SECTOR_BYTES,
    xDeviceCharacteristics: () => POWERSAFE_OVERWRITE | SUBPAGE_READ,
  };
};

/** The methods of an open database that share the index of its write-ahead log. */
const shmMethods = (machine: () => Machine, user: () => VfsUser) => {
  const shmOf = (at: Pointer) => {
    const file = user().open.get(at);
    if (file?.shared === undefined)
      throw new Error('SQLite shares the memory of a file that is no database.');
    file.shm ??= { shared: 0, exclusive: 0 };
    file.shared.memory.holders.add(file.shm);
    return { file, holder: file.shm, memory: file.shared.memory };
  };
  const zeroed = (bytes: number): Pointer => {
    const at = machine().allocate(bytes);
    machine().heap.fill(0, at, at + bytes);
    return at;
  };
  return {
    xShmMap: (at: Pointer, region: number, bytes: number, extend: number, out: Pointer) => {
      const mapped = shmOf(at).memory.map(region, bytes, extend !== 0, zeroed);
      machine().heap.writeUInt32LE(mapped, out);
      return OK;
    },
    xShmLock: (at: Pointer, first: number, count: number, flags: number) => {
      const { holder, memory } = shmOf(at);
      return memory.lock(holder, first, count, flags);
    },
    xShmBarrier: () => undefined,
    xShmUnmap: (at: Pointer, _remove: number) => {
      const { file, holder, memory } = shmOf(at);
      memory.release(holder, machine().api);
      file.shm = undefined;
      return OK;
    },
  };
};

export const vfsMethods = (machine: () => Machine, user: () => VfsUser): Methods => ({
  ...systemMethods(machine, user),
  ...fileMethods(machine, user),
  ...shmMethods(machine, user),
});

/** Where each instance has the table of the methods of a file. */
const fileMethodTables = new WeakMap<Machine, Pointer>();

const fileMethodsOf = (machine: Machine): Pointer => fileMethodTables.get(machine) ?? 0;

const writeTable = (machine: Machine, at: Pointer, names: readonly (keyof Methods | undefined)[]): void => {
  for (const [index, name] of names.entries()) {
    const entry = name === undefined ? 0 : (machine.entries[name] ?? 0);
    machine.heap.writeUInt32LE(entry, at + POINTER_BYTES * index);
  }
};

/** Makes the VFS the default one of an instance. */
export const registerVfs = (machine: Machine): void => {
  const methods = machine.allocate(METHODS_BYTES);
  machine.heap.fill(0, methods, methods + METHODS_BYTES);
  machine.heap.writeInt32LE(2, methods);
  writeTable(machine, methods + POINTER_BYTES, FILE_METHODS);
  fileMethodTables.set(machine, methods);
  const name = machine.allocate(POINTER_BYTES * 2);
  machine.heap.write('unix\0', name, 'latin1');
  const vfs = machine.allocate(VFS.bytes);
  machine.heap.fill(0, vfs, vfs + VFS.bytes);
  machine.heap.writeInt32LE(2, vfs + VFS.version);
  machine.heap.writeInt32LE(FILE_BYTES, vfs + VFS.fileBytes);
  machine.heap.writeInt32LE(PATH_MAX, vfs + VFS.pathMax);
  machine.heap.writeUInt32LE(name, vfs + VFS.name);
  writeTable(machine, vfs + VFS.firstMethod, VFS_METHODS);
  machine.api.sqlite3_vfs_register(vfs, 1);
};
