/**
 * The kernel of one life's disk, made of parts: i-nodes, paths, names and descriptors. Each system call of each API (promises,
 * callbacks, sync, streams) ends in a method here and journals what a power cut could take back. Where memfs differs from
 * Linux, Linux is followed.
 */
import type { Buffer } from 'node:buffer';
import type { File, Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import type { DiskImage } from '../crash-model/disk-image.js';
import type { ReadRecorder } from '../crash-model/image-reads.js';
import type { Journal } from '../crash-model/journal.js';
import { DescriptorCalls } from './descriptor-calls.js';
import { DescriptorTable } from './descriptor-table.js';
import { DirectoryCalls } from './directory-calls.js';
import { InodeTable } from './inode-table.js';
import { type LastLink, PathResolution } from './path-resolution.js';
import type { SyncScope, SystemCalls } from './system-calls.js';

const FIRST_DESCRIPTOR = 3;

export class Kernel implements SystemCalls {
  private readonly inodes: InodeTable;
  private readonly files: DescriptorTable;
  private readonly paths: PathResolution;
  private readonly names: DirectoryCalls;
  private readonly descriptors: DescriptorCalls;

  /** @param clock simulated milliseconds since the epoch */
  constructor(image: DiskImage, clock: () => number, firstDescriptor = FIRST_DESCRIPTOR) {
    this.inodes = new InodeTable(image, clock);
    this.files = new DescriptorTable(this.inodes, firstDescriptor);
    this.paths = new PathResolution(this.inodes.root);
    this.names = new DirectoryCalls(this.inodes, this.paths);
    this.descriptors = new DescriptorCalls(this.inodes, this.paths, this.files);
  }

  /** From now on every change is journalled and, where `reads` is given, all that is read of the image is noted. */
  attach(journal: Journal, reads?: ReadRecorder): void {
    this.inodes.journal = journal;
    this.inodes.reads = reads;
  }

  get journal(): Journal | undefined {
    return this.inodes.journal;
  }

  /** Which permissions a new file or directory does not get. */
  get umask(): number {
    return this.inodes.umask;
  }

  set umask(mask: number) {
    this.inodes.umask = mask;
  }

  fileAt(fd: number, operation: string): File {
    return this.files.fileAt(fd, operation);
  }

  /** Each descriptor that has the same file open, `file` itself among them. */
  filesLike(file: File): readonly File[] {
    return this.files.alike(file);
  }

  linkAt(path: string, operation: string, last: LastLink): Link {
    return this.paths.linkAt(path, operation, last);
  }

  open(path: string, flags: number, mode: number): number {
    return this.descriptors.open(path, flags, mode);
  }

  close(fd: number): void {
    this.descriptors.close(fd);
  }

  read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: number | null): number {
    return this.descriptors.read(fd, buffer, offset, length, position);
  }

  write(fd: number, buffer: Buffer, offset: number, length: number, position: number | null): number {
    return this.descriptors.write(fd, buffer, offset, length, position);
  }

  sync(fd: number, scope: SyncScope): void {
    this.descriptors.sync(fd, scope);
  }

  ftruncate(fd: number, size: number): void {
    this.descriptors.ftruncate(fd, size);
  }

  fchmod(fd: number, mode: number): void {
    this.descriptors.fchmod(fd, mode);
  }

  futimes(fd: number, accessed: number, modified: number): void {
    this.descriptors.futimes(fd, accessed, modified);
  }

  unlink(path: string): void {
    this.names.unlink(path);
  }

  rmdir(path: string): void {
    this.names.rmdir(path);
  }

  rm(path: string, force?: boolean, recursive?: boolean): void {
    this.names.rm(path, force, recursive);
  }

  link(existingPath: string, newPath: string): void {
    this.names.link(existingPath, newPath);
  }

  symlink(target: string, path: string): void {
    this.names.symlink(target, path);
  }

  mkdir(path: string, mode: number): void {
    this.names.mkdir(path, mode);
  }

  ensureDirectory(path: string, mode: number): boolean {
    return this.names.ensureDirectory(path, mode);
  }

  rename(from: string, to: string): void {
    this.names.rename(from, to);
  }

  chmod(path: string, mode: number): void {
    this.names.chmod(path, mode);
  }

  utimes(path: string, accessed: number, modified: number, followSymlinks?: boolean): void {
    this.names.utimes(path, accessed, modified, followSymlinks);
  }

  observe<T>(_operation: Operation, _path: string, look: () => T): T {
    return look();
  }
}
