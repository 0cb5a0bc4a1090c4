/** The system calls that take paths: what makes, moves and takes away names, as Linux has it where memfs differs. */
import { createError, type Link } from '@jsonjoy.com/fs-core';
import type { InodeNode } from './inode.js';
import { childNames, InodeTable, inodeOf, pointTo, SYMLINK_MODE } from './inode-table.js';
import { isTooLong, type LastLink, type Place, walkTo } from './path-resolution.js';
import { errorCode } from './system-call.js';

/** Of a process that sets none. */
const UMASK = 0o022;

export abstract class NameCalls extends InodeTable {
  /** Which permissions a new file or directory does not get. */
  umask = UMASK;

  protected place(path: string, operation: string, last: LastLink, destination?: string): Place {
    return walkTo(this.root, path, operation, last, destination);
  }

  /** What `path` leads to. @throws ENOENT, ENOTDIR, ELOOP */
  linkAt(path: string, operation: string, last: LastLink, destination?: string): Link {
    const { link, asDirectory } = this.place(path, operation, last, destination);
    if (link === undefined) throw createError('ENOENT', operation, path, destination);
    if (asDirectory && !link.getNode().isDirectory())
      throw createError('ENOTDIR', operation, path, destination);
    return link;
  }

  /** Where a new name may be put. @throws EEXIST, ENOENT */
  private freePlace(path: string, operation: string, isDirectory: boolean, from?: string): Place {
    const place = this.place(path, operation, 'name');
    const fail = (code: string): Error => createError(code, operation, from ?? path, from && path);
    if (place.link !== undefined) throw fail('EEXIST');
    if (place.asDirectory && !isDirectory) throw fail('ENOENT');
    return place;
  }

  protected makeNode(parent: Link, name: string, mode: number): Link {
    const link = parent.createChild(name, this.createNode(mode));
    this.journalBirth(link);
    return link;
  }

  /** Takes a name away and, with a file's last name, the file. */
  private removeName(link: Link): void {
    const node = inodeOf(link.getNode());
    const parent = link.parent;
    if (parent === undefined) throw createError('EBUSY', 'unlink', '/');
    parent.deleteChild(link);
    this.journal?.names([{ directory: parent.getNode().ino, name: link.getName(), ino: undefined }]);
    this.loseName(node);
  }

  override readonly unlink = (path: string): void =>
    this.call('unlink', path, () => {
      const { link, asDirectory, ends } = this.place(path, 'unlink', 'name');
      if (link === undefined) throw createError('ENOENT', 'unlink', path);
      if (ends !== 'name' || link.getNode().isDirectory()) throw createError('EISDIR', 'unlink', path);
      if (asDirectory) throw createError('ENOTDIR', 'unlink', path);
      this.removeName(link);
    });

  override readonly rmdir = (path: string, recursive = false): void =>
    this.call('rmdir', path, () => {
      const { link, ends } = this.place(path, 'rmdir', 'name');
      const fail = (code: string): Error => createError(code, 'rmdir', path);
      if (ends === 'root') throw fail('EBUSY');
      if (ends === '.') throw fail('EINVAL');
      if (ends === '..') throw fail('ENOTEMPTY');
      if (link === undefined) throw fail('ENOENT');
      if (!link.getNode().isDirectory()) throw fail('ENOTDIR');
      if (childNames(link).length > 0 && !recursive) throw fail('ENOTEMPTY');
      this.removeTree(link);
    });

  private removeTree(link: Link): void {
    for (const name of childNames(link)) {
      const child = link.getChild(name);
      if (child !== undefined) this.removeTree(child);
    }
    this.removeName(link);
  }

  override readonly rm = (path: string, force = false, recursive = false): void =>
    this.call('rm', path, () => {
      let link: Link;
      try {
        link = this.linkAt(path, 'rm', 'keep');
      } catch (error) {
        if (force && errorCode(error) === 'ENOENT') return;
        throw error;
      }
      if (link.getNode().isDirectory() && !recursive) throw createError('ERR_FS_EISDIR', 'rm', path);
      if (path.endsWith('/.')) throw createError('EINVAL', 'rm', path);
      this.removeTree(link);
    });

  override readonly link = (existingPath: string, newPath: string): void =>
    this.call('link', newPath, () => {
      const node = this.linkAt(existingPath, 'link', 'keep', newPath).getNode();
      const { parent, name } = this.freePlace(newPath, 'link', false, existingPath);
      if (node.isDirectory()) throw createError('EPERM', 'link', existingPath, newPath);
      node.nlink += 1;
      parent.createChild(name, node);
      this.journal?.names([{ directory: parent.getNode().ino, name, ino: node.ino }]);
    });

  override readonly symlink = (target: string, path: string): Link =>
    this.call('symlink', path, () => {
      if (isTooLong(target)) throw createError('ENAMETOOLONG', 'symlink', target, path);
      const { parent, name } = this.freePlace(path, 'symlink', false, target);
      const node = this.createNode(SYMLINK_MODE);
      pointTo(node, target);
      const link = parent.createChild(name, node);
      this.journalBirth(link);
      return link;
    });

  override readonly mkdir = (path: string, mode: number): void =>
    this.call('mkdir', path, () => {
      const { parent, name } = this.freePlace(path, 'mkdir', true);
      this.makeDirectory(parent, name, mode);
    });

  private makeDirectory(parent: Link, name: string, mode: number): Link {
    return this.makeNode(parent, name, 0o040000 | (mode & 0o7777 & ~this.umask));
  }

  /** Creates what is missing of `path`; returns the first directory created, as Node does. */
  override readonly mkdirp = (path: string, mode: number): string | undefined =>
    this.call('mkdir', path, () => {
      let walked = '';
      let first: string | undefined;
      for (const name of path.split('/')) {
        if (name === '') continue;
        walked += `/${name}`;
        const { parent, link, asDirectory } = this.place(walked, 'mkdir', 'follow');
        if (link === undefined) {
          // A symbolic link that leads nowhere is in the way, and no directory.
          if (this.place(walked, 'mkdir', 'name').link !== undefined)
            throw createError('ENOENT', 'mkdir', path);
          this.makeDirectory(parent, name, mode);
          first ??=
            path.startsWith(`${walked}/`) && path.slice(walked.length).replaceAll('/', '') !== ''
              ? walked
              : path;
        } else if (!link.getNode().isDirectory()) {
          throw createError(walked === path && !asDirectory ? 'EEXIST' : 'ENOTDIR', 'mkdir', path);
        }
      }
      return first;
    });

  override readonly rename = (from: string, to: string): void =>
    this.call('rename', `${from} -> ${to}`, () => {
      const fail = (code: string): Error => createError(code, 'rename', from, to);
      const old = this.place(from, 'rename', 'name', to);
      const { parent, name, link: replaced, ...target } = this.place(to, 'rename', 'name');
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
      this.journal?.names(
        [
          { directory: source.getNode().ino, name: sourceName, ino: undefined },
          { directory: parent.getNode().ino, name, ino: node.ino },
        ],
        replaced !== undefined,
      );
      if (replaced !== undefined) this.loseName(inodeOf(replaced.getNode()));
    });

  private loseName(node: InodeNode): void {
    node.nlink = node.isDirectory() ? 0 : node.nlink - 1;
    this.releaseIfUnused(node);
  }

  override readonly chmod = (path: string, mode: number): void =>
    this.call('chmod', path, () => this.linkAt(path, 'chmod', 'follow').getNode().chmod(mode));

  override readonly utimes = (
    path: string,
    accessed: number,
    modified: number,
    followSymlinks = true,
  ): void => {
    const operation = followSymlinks ? 'utime' : 'lutime';
    this.call(operation, path, () => {
      const link = this.linkAt(path, operation, followSymlinks ? 'follow' : 'keep');
      inodeOf(link.getNode()).setTimes(accessed * 1000, modified * 1000);
    });
  };
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
