/** The system calls that take paths: what makes, moves and takes away names, as Linux has it where memfs differs. */
import { createError, type Link } from '@jsonjoy.com/fs-core';
import { errorCode } from '../../util/errors.js';
import type { InodeNode } from './inode.js';
import { childNames, type InodeTable, inodeOf } from './inode-table.js';
import { isTooLong, type PathResolution } from './path-resolution.js';

export class DirectoryCalls {
  constructor(
    private readonly inodes: InodeTable,
    private readonly paths: PathResolution,
  ) {}

  unlink(path: string): void {
    const { link, asDirectory, ends } = this.paths.place(path, 'unlink', 'name');
    if (link === undefined) throw createError('ENOENT', 'unlink', path);
    if (ends !== 'name' || link.getNode().isDirectory()) throw createError('EISDIR', 'unlink', path);
    if (asDirectory) throw createError('ENOTDIR', 'unlink', path);
    this.removeName(link);
  }

  rmdir(path: string): void {
    const { link, ends } = this.paths.place(path, 'rmdir', 'name');
    const fail = (code: string): Error => createError(code, 'rmdir', path);
    if (ends === 'root') throw fail('EBUSY');
    if (ends === '.') throw fail('EINVAL');
    if (ends === '..') throw fail('ENOTEMPTY');
    if (link === undefined) throw fail('ENOENT');
    if (!link.getNode().isDirectory()) throw fail('ENOTDIR');
    if (childNames(link).length > 0) throw fail('ENOTEMPTY');
    this.removeName(link);
  }

  rm(path: string, force = false, recursive = false): void {
    let link: Link;
    try {
      link = this.paths.linkAt(path, 'rm', 'keep');
    } catch (error) {
      if (force && errorCode(error) === 'ENOENT') return;
      throw error;
    }
    if (link.getNode().isDirectory() && !recursive) throw createError('ERR_FS_EISDIR', 'rm', path);
    if (path.endsWith('/.')) throw createError('EINVAL', 'rm', path);
    if (childNames(link).length > 0) throw createError('ENOTEMPTY', 'rm', path);
    this.removeName(link);
  }

  /** Takes a name away and, with a file's last name, the file. */
  private removeName(link: Link): void {
    const node = inodeOf(link.getNode());
    const parent = link.parent;
    if (parent === undefined) throw createError('EBUSY', 'unlink', '/');
    parent.deleteChild(link);
    this.inodes.journal?.names([{ directory: parent.getNode().ino, name: link.getName(), ino: undefined }]);
    this.loseName(node);
  }

  private loseName(node: InodeNode): void {
    node.nlink = node.isDirectory() ? 0 : node.nlink - 1;
    this.inodes.releaseIfUnused(node);
  }

  link(existingPath: string, newPath: string): void {
    const node = this.paths.linkAt(existingPath, 'link', 'keep', newPath).getNode();
    const { parent, name } = this.paths.freePlace(newPath, 'link', false, existingPath);
    if (node.isDirectory()) throw createError('EPERM', 'link', existingPath, newPath);
    node.nlink += 1;
    parent.createChild(name, node);
    this.inodes.journal?.names([{ directory: parent.getNode().ino, name, ino: node.ino }]);
  }

  symlink(target: string, path: string): void {
    if (isTooLong(target)) throw createError('ENAMETOOLONG', 'symlink', target, path);
    const { parent, name } = this.paths.freePlace(path, 'symlink', false, target);
    this.inodes.makeSymlink(parent, name, target);
  }

  mkdir(path: string, mode: number): void {
    const { parent, name } = this.paths.freePlace(path, 'mkdir', true);
    this.inodes.makeDirectory(parent, name, mode);
  }

  ensureDirectory(path: string, mode: number): boolean {
    const { parent, name, link, asDirectory } = this.paths.place(path, 'mkdir', 'follow');
    if (link !== undefined) {
      if (link.getNode().isDirectory()) return false;
      throw createError(asDirectory ? 'ENOTDIR' : 'EEXIST', 'mkdir', path);
    }
    // A symbolic link that leads nowhere is in the way, and no directory.
    if (this.paths.place(path, 'mkdir', 'name').link !== undefined)
      throw createError('ENOENT', 'mkdir', path);
    this.inodes.makeDirectory(parent, name, mode);
    return true;
  }

  rename(from: string, to: string): void {
    const fail = (code: string): Error => createError(code, 'rename', from, to);
    const old = this.paths.place(from, 'rename', 'name', to);
    const { parent, name, link: replaced, ...target } = this.paths.place(to, 'rename', 'name');
    if (old.ends !== 'name' || target.ends !== 'name') throw fail('EBUSY');
    const { link, parent: source } = old;
    if (link === undefined) throw fail('ENOENT');
    const node = link.getNode();
    if (!node.isDirectory() && (old.asDirectory || target.asDirectory)) throw fail('ENOTDIR');
    if (replaced !== undefined && isWithin(source, replaced)) throw fail('ENOTEMPTY');
    if (replaced?.getNode() === node) return;
    if (isWithin(parent, link)) throw fail('EINVAL');
    if (replaced !== undefined) refuseMismatch(link, replaced, from, to);
    const sourceName = link.getName();
    if (replaced !== undefined) parent.deleteChild(replaced);
    source.deleteChild(link);
    link.name = name;
    link.steps = [...parent.steps, name];
    parent.setChild(name, link);
    this.inodes.journal?.names(
      [
        { directory: source.getNode().ino, name: sourceName, ino: undefined },
        { directory: parent.getNode().ino, name, ino: node.ino },
      ],
      replaced !== undefined,
    );
    if (replaced !== undefined) this.loseName(inodeOf(replaced.getNode()));
  }

  chmod(path: string, mode: number): void {
    this.paths.linkAt(path, 'chmod', 'follow').getNode().chmod(mode);
  }

  utimes(path: string, accessed: number, modified: number, followSymlinks = true): void {
    const operation = followSymlinks ? 'utime' : 'lutime';
    const link = this.paths.linkAt(path, operation, followSymlinks ? 'follow' : 'keep');
    inodeOf(link.getNode()).setTimes(accessed * 1000, modified * 1000);
  }
}

/** Is `link` `directory` itself or something below it? */
const isWithin = (link: Link, directory: Link): boolean => {
  for (let at: Link | undefined = link; at !== undefined; at = at.parent === at ? undefined : at.parent)
    if (at === directory) return true;
  return false;
};

const refuseMismatch = (link: Link, replaced: Link, from: string, to: string): void => {
  const isDirectory = link.getNode().isDirectory();
  const ontoDirectory = replaced.getNode().isDirectory();
  if (isDirectory && !ontoDirectory) throw createError('ENOTDIR', 'rename', from, to);
  if (!isDirectory && ontoDirectory) throw createError('EISDIR', 'rename', from, to);
  if (isDirectory && childNames(replaced).length > 0) throw createError('ENOTEMPTY', 'rename', from, to);
};
