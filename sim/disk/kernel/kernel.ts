/**
 * The kernel of one life's disk: memfs's core, with the sectors, the journal and Linux's rules put under it.
 *
 * Every system call of every API (promises, callbacks, sync, streams) ends in a method here or in {@link NameCalls}, is
 * counted as one step, and journals what a power cut could take back. Where memfs differs from Linux, Linux is followed;
 * names, links, symlinks and descriptors themselves are memfs's.
 */
import { createError, type File, type Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import { NameCalls } from './directory-calls.js';
import { inodeOf } from './inode-table.js';
import {
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  writesThrough,
} from './open-flags.js';

export class Kernel extends NameCalls {
  override readonly open = (path: string, flags: number, mode: number): number =>
    this.call(
      'open',
      path,
      () => this.openLink(this.linkToOpen(path, flags, mode), flags, false, path).fd,
      flags,
    );

  /** What `open` will open: found, or made where the flags ask for that. */
  private linkToOpen(path: string, flags: number, mode: number): Link {
    const fail = (code: string): Error => createError(code, 'open', path);
    const [creates, exclusive] = [
      (flags & O_CREAT) !== 0,
      (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL),
    ];
    if (creates && (flags & O_DIRECTORY) !== 0) throw fail('EINVAL');
    // Told by the path alone, whatever is there.
    if (creates && path.endsWith('/') && this.place(path, 'open', 'name').ends === 'name')
      throw fail('EISDIR');
    const { parent, name, link, asDirectory, ends } = this.place(
      path,
      'open',
      exclusive || (flags & O_NOFOLLOW) !== 0 ? 'keep' : 'follow',
    );
    if (creates && asDirectory && ends === 'name') throw fail('EISDIR');
    if (link === undefined) {
      if (!creates) throw fail('ENOENT');
      return this.makeNode(parent, name, 0o100000 | (mode & 0o7777 & ~this.umask));
    }
    const node = link.getNode();
    if (exclusive) throw fail('EEXIST');
    if (node.isSymlink()) throw fail((flags & O_DIRECTORY) === 0 ? 'ELOOP' : 'ENOTDIR');
    if (!node.isDirectory()) {
      if (asDirectory || (flags & O_DIRECTORY) !== 0) throw fail('ENOTDIR');
    } else if (creates || (flags & (O_ACCMODE | O_TRUNC)) !== O_RDONLY) throw fail('EISDIR');
    return link;
  }

  override readonly close = (fd: number): void => {
    const file = this.getFileByFdOrThrow(fd, 'close');
    this.call('close', pathOf(file), () => this.closeFile(file));
  };

  override readonly read = (
    fd: number,
    buffer: Buffer | ArrayBufferView | DataView,
    offset: number,
    length: number,
    position: number | null,
  ): number => {
    const file = this.getFileByFdOrThrow(fd, 'read');
    if (length === 0) return 0; // Node asks the system for nothing
    return this.readFrom(file, buffer, offset, length, position);
  };

  /** preadv: as `read`, but the system is asked even for nothing. */
  readVector(fd: number, bytes: Buffer, position: number | null): number {
    return this.readFrom(this.getFileByFdOrThrow(fd, 'read'), bytes, 0, bytes.length, position);
  }

  private readFrom(
    file: File,
    buffer: Buffer | ArrayBufferView | DataView,
    offset: number,
    length: number,
    position: number | null,
  ): number {
    const at = typeof position === 'number' && position >= 0 ? position : undefined;
    return this.call(
      'read',
      pathOf(file),
      (count) => {
        if ((file.flags & O_ACCMODE) === O_WRONLY) throw createError('EBADF', 'read');
        if (file.node.isDirectory()) throw createError('EISDIR', 'read');
        return file.read(buffer as Buffer, offset, count, at); // memfs reads into any view, though its type says Buffer
      },
      at ?? file.position,
      length,
      file,
    );
  }

  override write(
    fd: number,
    buffer: Buffer,
    offset = 0,
    length = buffer.length - offset,
    position?: number | null,
  ): number {
    const file = this.getFileByFdOrThrow(fd, 'write');
    const at = typeof position === 'number' && position >= 0 ? position : undefined;
    return this.call(
      'write',
      pathOf(file),
      (count) => {
        if ((file.flags & O_ACCMODE) === O_RDONLY) throw createError('EBADF', 'write');
        if (count === 0) return 0; // with O_APPEND, too, the descriptor stays where it is
        const { position: before } = file;
        const written = file.write(buffer, offset, count, at);
        // With O_APPEND, too, a write at a given position leaves the descriptor's own where it was.
        if (at !== undefined) file.position = before;
        if (writesThrough(file.flags) && this.faults?.syncFails !== true)
          this.journal?.sync(file.node.ino, (file.flags & O_SYNC) === O_SYNC ? 'all' : 'data');
        return written;
      },
      // Linux appends at the end even where a position is given.
      (file.flags & O_APPEND) === O_APPEND ? file.node.getSize() : (at ?? file.position),
      length,
      file,
    );
  }

  /** fsync ('all') and fdatasync ('data'). */
  sync(fd: number, scope: 'all' | 'data'): void {
    const operation = scope === 'all' ? 'fsync' : 'fdatasync';
    const file = this.getFileByFdOrThrow(fd, operation);
    const { node } = file;
    const act = (): void => this.journal?.sync(node.ino, scope, node.isDirectory());
    this.call(operation, pathOf(file), act, 0, 0, file);
  }

  override readonly ftruncate = (fd: number, length = 0): void => {
    const file = this.getFileByFdOrThrow(fd, 'ftruncate');
    this.call(
      'ftruncate',
      pathOf(file),
      () => {
        if ((file.flags & O_ACCMODE) === O_RDONLY) throw createError('EINVAL', 'ftruncate');
        file.truncate(length);
      },
      length,
    );
  };

  override readonly fchmod = (fd: number, mode: number): void => {
    const file = this.getFileByFdOrThrow(fd, 'fchmod');
    this.call('fchmod', pathOf(file), () => file.node.chmod(mode));
  };

  override readonly futimes = (fd: number, accessed: number, modified: number): void => {
    const file = this.getFileByFdOrThrow(fd, 'futime');
    this.call('futime', pathOf(file), () => inodeOf(file.node).setTimes(accessed * 1000, modified * 1000));
  };

  /** A reading call of a facade above (stat, readdir, ...): a step like any other. */
  observe<T>(operation: Operation, path: string, act: () => T): T {
    return this.call(operation, path, act);
  }
}

const pathOf = (file: File): string => file.link.getPath() || '/';
