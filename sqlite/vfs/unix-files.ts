/**
 * SQLite's files on the synchronous functions of `node:fs`, in the order of calls of SQLite's own VFS for Unix (os_unix.c): on
 * the simulated disk in a life, on the real one elsewhere.
 */
import fs from 'node:fs';
import { dirname, resolve } from 'node:path/posix';
import {
  IOERR_DELETE_NOENT,
  IOERR_DIR_FSYNC,
  OK,
  OPEN_CREATE,
  OPEN_DELETEONCLOSE,
  OPEN_EXCLUSIVE,
  OPEN_MAIN_DB,
  OPEN_MAIN_JOURNAL,
  OPEN_READONLY,
  OPEN_READWRITE,
  OPEN_SUPER_JOURNAL,
  OPEN_WAL,
} from '../wasm/c-api.js';
import { FileLocks, NONE } from './locks.js';
import { SharedMemory, type ShmHolder } from './shared-memory.js';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants;
/** SQLITE_DEFAULT_FILE_PERMISSIONS */
const PERMISSIONS = 0o644;
const PERMISSION_BITS = 0o777;
const TEMPORARY_PERMISSIONS = 0o600;

/** What all connections of a process know of a database file. */
interface SharedFile {
  readonly locks: FileLocks;
  readonly memory: SharedMemory;
  uses: number;
}

export interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  readonly isReadOnly: boolean;
  /** Of a database; a journal is locked with its database. */
  readonly shared: SharedFile | undefined;
  readonly key: string;
  /** Of a journal, until its first sync: that syncs its name, too. */
  syncDirectory: boolean;
  level: number;
  shm: ShmHolder | undefined;
  chunkBytes: number;
  persistWal: boolean;
}

const codeOf = (error: unknown): string => String(Reflect.get(Object(error), 'code'));

/** Makes the names in the directory of a file durable. @returns whether that worked; a directory that can't be opened is no error */
const syncDirectoryOf = (path: string): boolean => {
  let descriptor: number;
  try {
    descriptor = fs.openSync(dirname(path), O_RDONLY);
  } catch {
    return true; // as SQLite does
  }
  try {
    fs.fsyncSync(descriptor);
    return true;
  } catch {
    return false; // the caller says so to SQLite, or not, as its VFS for Unix does
  } finally {
    fs.closeSync(descriptor);
  }
};

/** A journal gets the permissions of its database, whose name is what stands before the last dash. */
const permissionsFor = (path: string, flags: number): number => {
  if ((flags & (OPEN_WAL | OPEN_MAIN_JOURNAL)) !== 0) {
    const dash = path.lastIndexOf('-');
    if (dash > 0) return fs.statSync(path.slice(0, dash)).mode & PERMISSION_BITS;
  }
  return (flags & OPEN_DELETEONCLOSE) === 0 ? PERMISSIONS : TEMPORARY_PERMISSIONS;
};

const opened = (path: string, flags: number): { descriptor: number; isReadOnly: boolean } => {
  const isReadWrite = (flags & OPEN_READWRITE) !== 0;
  const wanted =
    (isReadWrite ? O_RDWR : O_RDONLY) |
    ((flags & OPEN_CREATE) === 0 ? 0 : O_CREAT) |
    ((flags & OPEN_EXCLUSIVE) === 0 ? 0 : O_EXCL);
  const permissions = permissionsFor(path, flags);
  try {
    return { descriptor: fs.openSync(path, wanted, permissions), isReadOnly: !isReadWrite };
  } catch (error) {
    if (!isReadWrite || codeOf(error) === 'EISDIR') throw error;
    return { descriptor: fs.openSync(path, O_RDONLY), isReadOnly: true };
  }
};

/** Where SQLite on Unix puts files without a name. */
const temporaryPath = (name: string): string => {
  const { SQLITE_TMPDIR, TMPDIR } = process.env;
  const candidates = [SQLITE_TMPDIR, TMPDIR, '/var/tmp', '/usr/tmp', '/tmp', '.'];
  const directory = candidates.find((path) => path !== undefined && fs.existsSync(path)) ?? '.';
  return resolve(directory, `etilqs_${name}`);
};

/** The files that the connections of one process have open. Its methods throw what `node:fs` throws. */
export class UnixFiles {
  private readonly shared = new Map<string, SharedFile>();
  private temporaries = 0;

  /** @returns the file, and the flags that it was opened with */
  open(name: string | undefined, flags: number): { readonly file: OpenFile; readonly flags: number } {
    const path = name ?? temporaryPath(String(this.temporaries++));
    const { descriptor, isReadOnly } = opened(path, flags);
    if ((flags & OPEN_DELETEONCLOSE) !== 0) fs.unlinkSync(path);
    const isJournal = (flags & (OPEN_MAIN_JOURNAL | OPEN_SUPER_JOURNAL | OPEN_WAL)) !== 0;
    const key = (flags & OPEN_MAIN_DB) === 0 ? '' : this.keyOf(descriptor);
    const file: OpenFile = {
      descriptor,
      path,
      isReadOnly,
      key,
      shared: key === '' ? undefined : this.share(key),
      syncDirectory: isJournal && (flags & OPEN_CREATE) !== 0,
      level: NONE,
      shm: undefined,
      chunkBytes: 0,
      persistWal: false,
    };
    const granted = isReadOnly ? (flags & ~(OPEN_READWRITE | OPEN_CREATE)) | OPEN_READONLY : flags;
    return { file, flags: granted };
  }

  close(file: OpenFile): void {
    file.shared?.locks.unlock(file, NONE);
    if (file.shared !== undefined) {
      file.shared.uses -= 1;
      if (file.shared.uses === 0) this.shared.delete(file.key);
    }
    fs.closeSync(file.descriptor);
  }

  /** @returns how many bytes were read: fewer only at the end of the file */
  read(file: OpenFile, into: Buffer, offset: number): number {
    let done = 0;
    while (done < into.length) {
      const count = fs.readSync(file.descriptor, into, done, into.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(file: OpenFile, bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; )
      done += fs.writeSync(file.descriptor, bytes, done, bytes.length - done, offset + done);
  }

  truncate(file: OpenFile, bytes: number): void {
    const { chunkBytes } = file;
    const size = chunkBytes === 0 ? bytes : Math.ceil(bytes / chunkBytes) * chunkBytes;
    fs.ftruncateSync(file.descriptor, size);
  }

  sync(file: OpenFile): void {
    fs.fsyncSync(file.descriptor);
    if (!file.syncDirectory) return;
    file.syncDirectory = false;
    syncDirectoryOf(file.path); // SQLite does not look at what comes of it
  }

  size(file: OpenFile): number {
    const { size } = fs.fstatSync(file.descriptor);
    return size === 1 ? 0 : size; // as SQLite does, for file systems that can't make empty files
  }

  /** Before a write that makes the file longer: to whole chunks, where a size of them is set. */
  sizeHint(file: OpenFile, bytes: number): void {
    if (file.chunkBytes === 0) return;
    const wanted = Math.ceil(bytes / file.chunkBytes) * file.chunkBytes;
    if (wanted > fs.fstatSync(file.descriptor).size) fs.ftruncateSync(file.descriptor, wanted);
  }

  delete(path: string, syncDirectory: boolean): number {
    try {
      fs.unlinkSync(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return IOERR_DELETE_NOENT;
      throw error;
    }
    return syncDirectory && !syncDirectoryOf(path) ? IOERR_DIR_FSYNC : OK;
  }

  /** An empty file counts as none: a journal without content is none. */
  exists(path: string): boolean {
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && (!stats.isFile() || stats.size > 0);
  }

  isWritable(path: string): boolean {
    try {
      fs.accessSync(path, fs.constants.R_OK | fs.constants.W_OK);
      return true;
    } catch {
      return false; // that is the question
    }
  }

  /** With symbolic links followed; a file need not be there. */
  fullPath(name: string): { readonly path: string; readonly isLink: boolean } {
    const path = resolve(name);
    const isLink = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return { path: isLink ? fs.realpathSync(path) : path, isLink };
  }

  hasMoved(file: OpenFile): boolean {
    const stats = fs.statSync(file.path, { throwIfNoEntry: false });
    return stats === undefined || `${stats.dev}:${stats.ino}` !== file.key;
  }

  private keyOf(descriptor: number): string {
    const { dev, ino } = fs.fstatSync(descriptor);
    return `${dev}:${ino}`;
  }

  private share(key: string): SharedFile {
    const known = this.shared.get(key) ?? { locks: new FileLocks(), memory: new SharedMemory(), uses: 0 };
    known.uses += 1;
    this.shared.set(key, known);
    return known;
  }
}
