/** Which descriptor has which file open. */
import { createError, File, type Link, validateFd } from '@jsonjoy.com/fs-core';
import { type InodeTable, inodeOf } from './inode-table.js';
import { O_TRUNC } from './open-flags.js';

const MAX_FILES = 10_000;

export class DescriptorTable {
  private readonly files = new Map<number, File>();
  /** Numbers that were used and are free, the lowest last. */
  private readonly released: number[] = [];

  constructor(
    private readonly inodes: InodeTable,
    private next: number,
  ) {}

  /** @throws EMFILE */
  open(link: Link, flags: number, path: string): number {
    if (this.files.size >= MAX_FILES) throw createError('EMFILE', 'open', path);
    const fd = this.released.pop() ?? this.next++;
    const file = new File(link, link.getNode(), flags, fd);
    this.files.set(fd, file);
    if ((flags & O_TRUNC) !== 0) file.truncate();
    inodeOf(file.node).openCount += 1;
    return fd;
  }

  /** @throws EBADF */
  fileAt(fd: number, operation: string): File {
    validateFd(fd);
    const file = this.files.get(fd);
    if (file === undefined) throw createError('EBADF', operation);
    return file;
  }

  /** Each descriptor that has the same file open. */
  alike(file: File): readonly File[] {
    return [...this.files.values()].filter(({ node }) => node === file.node);
  }

  close(file: File): void {
    this.files.delete(file.fd);
    this.released.push(file.fd);
    // The lowest free descriptor is used next, as on Linux.
    this.released.sort((a, b) => b - a);
    const node = inodeOf(file.node);
    node.openCount -= 1;
    if (node.wasEmptied) {
      node.wasEmptied = false;
      if (node.readLinks() > 0) this.inodes.journal?.flush(node.ino);
    }
    this.inodes.releaseIfUnused(node);
  }
}
