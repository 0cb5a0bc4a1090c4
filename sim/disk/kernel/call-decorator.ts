/**
 * The system calls of another, with something around each. Here alone it is written down what each call is about: a decorator
 * says what happens around a call, whichever it is.
 */
import type { Buffer } from 'node:buffer';
import type { File, Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import { O_APPEND } from './open-flags.js';
import type { LastLink } from './path-resolution.js';
import { pathOfFile, type SyncScope, type SystemCall, type SystemCalls } from './system-calls.js';

export abstract class CallDecorator implements SystemCalls {
  constructor(private readonly inner: SystemCalls) {}

  /** @param act lets the call take effect, `length` bytes of it where it reads or writes */
  protected abstract around<T>(call: SystemCall, act: (length: number) => T): T;

  private named<T>(operation: Operation, path: string, act: () => T, offset = 0): T {
    return this.around({ operation, path, offset, length: 0, file: undefined }, act);
  }

  /** A descriptor that is not open is refused before there is a call. */
  private described<T>(operation: Operation, fd: number, act: () => T, offset = 0): T {
    return this.named(operation, pathOfFile(this.inner.fileAt(fd, operation)), act, offset);
  }

  fileAt(fd: number, operation: string): File {
    return this.inner.fileAt(fd, operation);
  }

  linkAt(path: string, operation: string, last: LastLink): Link {
    return this.inner.linkAt(path, operation, last);
  }

  open(path: string, flags: number, mode: number): number {
    return this.named('open', path, () => this.inner.open(path, flags, mode), flags);
  }

  close(fd: number): void {
    this.described('close', fd, () => this.inner.close(fd));
  }

  read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: number | null): number {
    const file = this.inner.fileAt(fd, 'read');
    const call = {
      operation: 'read',
      path: pathOfFile(file),
      offset: given(position) ?? file.position,
      length,
      file,
    } as const;
    return this.around(call, (count) => this.inner.read(fd, buffer, offset, count, position));
  }

  write(fd: number, buffer: Buffer, offset: number, length: number, position: number | null): number {
    const file = this.inner.fileAt(fd, 'write');
    // Linux appends at the end even where a position is given.
    const appends = (file.flags & O_APPEND) === O_APPEND;
    const call = {
      operation: 'write',
      path: pathOfFile(file),
      offset: appends ? file.node.getSize() : (given(position) ?? file.position),
      length,
      file,
    } as const;
    return this.around(call, (count) => this.inner.write(fd, buffer, offset, count, position));
  }

  sync(fd: number, scope: SyncScope): void {
    const operation = scope === 'all' ? 'fsync' : 'fdatasync';
    const file = this.inner.fileAt(fd, operation);
    const call = { operation, path: pathOfFile(file), offset: 0, length: 0, file } as const;
    this.around(call, () => this.inner.sync(fd, scope));
  }

  ftruncate(fd: number, size: number): void {
    this.described('ftruncate', fd, () => this.inner.ftruncate(fd, size), size);
  }

  fchmod(fd: number, mode: number): void {
    this.described('fchmod', fd, () => this.inner.fchmod(fd, mode));
  }

  futimes(fd: number, accessed: number, modified: number): void {
    this.described('futime', fd, () => this.inner.futimes(fd, accessed, modified));
  }

  unlink(path: string): void {
    this.named('unlink', path, () => this.inner.unlink(path));
  }

  rmdir(path: string): void {
    this.named('rmdir', path, () => this.inner.rmdir(path));
  }

  rm(path: string, force?: boolean, recursive?: boolean): void {
    this.named('rm', path, () => this.inner.rm(path, force, recursive));
  }

  link(existingPath: string, newPath: string): void {
    this.named('link', newPath, () => this.inner.link(existingPath, newPath));
  }

  symlink(target: string, path: string): void {
    this.named('symlink', path, () => this.inner.symlink(target, path));
  }

  mkdir(path: string, mode: number): void {
    this.named('mkdir', path, () => this.inner.mkdir(path, mode));
  }

  ensureDirectory(path: string, mode: number): boolean {
    return this.named('mkdir', path, () => this.inner.ensureDirectory(path, mode));
  }

  rename(from: string, to: string): void {
    this.named('rename', `${from} -> ${to}`, () => this.inner.rename(from, to));
  }

  chmod(path: string, mode: number): void {
    this.named('chmod', path, () => this.inner.chmod(path, mode));
  }

  utimes(path: string, accessed: number, modified: number, followSymlinks = true): void {
    const operation = followSymlinks ? 'utime' : 'lutime';
    this.named(operation, path, () => this.inner.utimes(path, accessed, modified, followSymlinks));
  }

  observe<T>(operation: Operation, path: string, look: () => T): T {
    return this.named(operation, path, () => this.inner.observe(operation, path, look));
  }
}

const given = (position: number | null): number | undefined =>
  position !== null && position >= 0 ? position : undefined;
