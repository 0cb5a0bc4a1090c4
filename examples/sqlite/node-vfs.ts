/**
 * SQLite's file system (a VFS) over the synchronous functions of `node:fs`, as SQLite's own for Unix does it: on the
 * simulated disk in a life, on the real one elsewhere. Locks are left out: one connection at a time.
 */
import fs from 'node:fs';
import { dirname } from 'node:path/posix';
import * as VFS from 'wa-sqlite/src/VFS.js';

const { O_RDWR, O_CREAT } = fs.constants;
const JOURNALS = VFS.SQLITE_OPEN_MAIN_JOURNAL | VFS.SQLITE_OPEN_SUPER_JOURNAL | VFS.SQLITE_OPEN_WAL;

/** wa-sqlite 1.0 hands over the bytes themselves; its types still tell of an object around them. */
type Data = Parameters<VFS.Base['xRead']>[1] & Uint8Array;

interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  readonly deleteOnClose: boolean;
  /** A new journal's name is synced with its first content, or the content could be there without the name. */
  syncDirectory: boolean;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const syncDirectoryOf = (path: string): void => {
  const descriptor = fs.openSync(dirname(path), 'r');
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
};

/** What went wrong, as SQLite is told: it knows no more of it than that it did. */
const attempt = (act: () => number, failure: number): number => {
  try {
    return act();
  } catch {
    return failure;
  }
};

export class NodeVfs extends VFS.Base {
  readonly name = 'node';
  private readonly files = new Map<number, OpenFile>();
  private temporary = 0;

  override xOpen(name: string | null, id: number, flags: number, flagsOut: DataView): number {
    return attempt(() => {
      const path = name ?? `/temporary-${this.temporary++}`;
      const isNew = !fs.existsSync(path);
      const creates = (flags & VFS.SQLITE_OPEN_CREATE) !== 0;
      this.files.set(id, {
        descriptor: fs.openSync(path, creates ? O_RDWR | O_CREAT : O_RDWR),
        path,
        deleteOnClose: (flags & VFS.SQLITE_OPEN_DELETEONCLOSE) !== 0,
        syncDirectory: isNew && (flags & JOURNALS) !== 0,
      });
      flagsOut.setInt32(0, flags, true);
      return VFS.SQLITE_OK;
    }, VFS.SQLITE_CANTOPEN);
  }

  override xClose(id: number): number {
    return this.with(id, VFS.SQLITE_IOERR_CLOSE, ({ descriptor, path, deleteOnClose }) => {
      this.files.delete(id);
      fs.closeSync(descriptor);
      if (deleteOnClose) fs.unlinkSync(path);
    });
  }

  override xRead(id: number, data: Data, offset: number): number {
    let count = 0;
    const code = this.with(id, VFS.SQLITE_IOERR_READ, ({ descriptor }) => {
      count = fs.readSync(descriptor, data, 0, data.length, offset);
    });
    if (code !== VFS.SQLITE_OK || count === data.length) return code;
    data.fill(0, count);
    return VFS.SQLITE_IOERR_SHORT_READ;
  }

  override xWrite(id: number, data: Data, offset: number): number {
    return this.with(id, VFS.SQLITE_IOERR_WRITE, ({ descriptor }) => {
      // A copy: the WebAssembly memory it lies in goes on changing.
      const bytes = Buffer.from(data);
      for (let done = 0; done < bytes.length; )
        done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    });
  }

  override xTruncate(id: number, size: number): number {
    return this.with(id, VFS.SQLITE_IOERR_TRUNCATE, ({ descriptor }) => fs.ftruncateSync(descriptor, size));
  }

  override xSync(id: number, _flags: number): number {
    return this.with(id, VFS.SQLITE_IOERR_FSYNC, (file) => {
      fs.fsyncSync(file.descriptor);
      if (file.syncDirectory) syncDirectoryOf(file.path);
      file.syncDirectory = false;
    });
  }

  override xFileSize(id: number, size: DataView): number {
    return this.with(id, VFS.SQLITE_IOERR_FSTAT, ({ descriptor }) => {
      size.setBigInt64(0, BigInt(fs.fstatSync(descriptor).size), true);
    });
  }

  override xDelete(path: string, syncDirectory: number): number {
    return attempt(() => {
      try {
        fs.unlinkSync(path);
      } catch (error) {
        if (isMissing(error)) return VFS.SQLITE_IOERR_DELETE_NOENT;
        throw error;
      }
      if (syncDirectory !== 0) syncDirectoryOf(path);
      return VFS.SQLITE_OK;
    }, VFS.SQLITE_IOERR_DELETE);
  }

  override xAccess(path: string, _flags: number, found: DataView): number {
    found.setInt32(0, fs.existsSync(path) ? 1 : 0, true);
    return VFS.SQLITE_OK;
  }

  private with(id: number, failure: number, use: (file: OpenFile) => void): number {
    const file = this.files.get(id);
    if (file === undefined) return failure;
    return attempt(() => {
      use(file);
      return VFS.SQLITE_OK;
    }, failure);
  }
}
