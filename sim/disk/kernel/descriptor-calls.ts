/** The system calls that give a descriptor or take one. */
import type { Buffer } from 'node:buffer';
import { createError, type File, type Link } from '@jsonjoy.com/fs-core';
import type { DescriptorTable } from './descriptor-table.js';
import { type InodeTable, inodeOf } from './inode-table.js';
import {
  O_ACCMODE,
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
import type { PathResolution } from './path-resolution.js';
import type { SyncScope } from './system-calls.js';

export class DescriptorCalls {
  constructor(
    private readonly inodes: InodeTable,
    private readonly paths: PathResolution,
    private readonly files: DescriptorTable,
  ) {}

  open(path: string, flags: number, mode: number): number {
    return this.files.open(this.linkToOpen(path, flags, mode), flags, path);
  }

  /** What `open` will open: found, or made where the flags ask for that. */
  private linkToOpen(path: string, flags: number, mode: number): Link {
    const fail = (code: string): Error => createError(code, 'open', path);
    const [creates, exclusive] = [
      (flags & O_CREAT) !== 0,
      (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL),
    ];
    if (creates && (flags & O_DIRECTORY) !== 0) throw fail('EINVAL');
    // Told by the path alone, whatever is there.
    if (creates && path.endsWith('/') && this.paths.place(path, 'open', 'name').ends === 'name')
      throw fail('EISDIR');
    const { parent, name, link, asDirectory, ends } = this.paths.place(
      path,
      'open',
      exclusive || (flags & O_NOFOLLOW) !== 0 ? 'keep' : 'follow',
    );
    if (creates && asDirectory && ends === 'name') throw fail('EISDIR');
    if (link === undefined) {
      if (!creates) throw fail('ENOENT');
      return this.inodes.makeFile(parent, name, mode);
    }
    const node = link.getNode();
    if (exclusive) throw fail('EEXIST');
    if (node.isSymlink()) throw fail((flags & O_DIRECTORY) === 0 ? 'ELOOP' : 'ENOTDIR');
    if (!node.isDirectory()) {
      if (asDirectory || (flags & O_DIRECTORY) !== 0) throw fail('ENOTDIR');
    } else if (creates || (flags & (O_ACCMODE | O_TRUNC)) !== O_RDONLY) throw fail('EISDIR');
    return link;
  }

  close(fd: number): void {
    this.files.close(this.files.fileAt(fd, 'close'));
  }

  read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: number | null): number {
    const file = this.files.fileAt(fd, 'read');
    if ((file.flags & O_ACCMODE) === O_WRONLY) throw createError('EBADF', 'read');
    if (file.node.isDirectory()) throw createError('EISDIR', 'read');
    // memfs reads into any view, though its type says Buffer.
    return file.read(buffer as Buffer, offset, length, given(position));
  }

  write(fd: number, buffer: Buffer, offset: number, length: number, position: number | null): number {
    const file = this.files.fileAt(fd, 'write');
    if ((file.flags & O_ACCMODE) === O_RDONLY) throw createError('EBADF', 'write');
    if (length === 0) return 0; // with O_APPEND, too, the descriptor stays where it is
    const at = given(position);
    const { position: before } = file;
    const written = file.write(buffer, offset, length, at);
    // With O_APPEND, too, a write at a given position leaves the descriptor's own where it was.
    if (at !== undefined) file.position = before;
    if (writesThrough(file.flags)) this.syncFile(file, (file.flags & O_SYNC) === O_SYNC ? 'all' : 'data');
    return written;
  }

  sync(fd: number, scope: SyncScope): void {
    this.syncFile(this.files.fileAt(fd, scope === 'all' ? 'fsync' : 'fdatasync'), scope);
  }

  private syncFile({ node }: File, scope: SyncScope): void {
    this.inodes.journal?.sync(node.ino, scope, node.isDirectory());
  }

  ftruncate(fd: number, size: number): void {
    const file = this.files.fileAt(fd, 'ftruncate');
    if ((file.flags & O_ACCMODE) === O_RDONLY) throw createError('EINVAL', 'ftruncate');
    file.truncate(size);
  }

  fchmod(fd: number, mode: number): void {
    this.files.fileAt(fd, 'fchmod').node.chmod(mode);
  }

  futimes(fd: number, accessed: number, modified: number): void {
    inodeOf(this.files.fileAt(fd, 'futime').node).setTimes(accessed * 1000, modified * 1000);
  }
}

const given = (position: number | null): number | undefined =>
  position !== null && position >= 0 ? position : undefined;
