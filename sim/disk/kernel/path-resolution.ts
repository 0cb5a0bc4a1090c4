/** How Linux finds what a path leads to (path_resolution(7)): `.`, `..`, symbolic links and trailing slashes included. */
import { Buffer } from 'node:buffer';
import { createError, type Link } from '@jsonjoy.com/fs-core';
import { childOf } from './inode-table.js';

/** As many symbolic links as Linux follows in one path. */
const MAX_SYMLINKS = 40;
/** Of a whole path as it is given (PATH_MAX, without the byte that ends it), and of a name in it (NAME_MAX). */
const MAX_PATH_BYTES = 4095;
const MAX_NAME_BYTES = 255;

/** A character has three bytes at most for each unit that JavaScript counts: what is short needs no counting. */
const isLonger = (text: string, bytes: number): boolean =>
  3 * text.length > bytes && Buffer.byteLength(text) > bytes;

/**
 * What to do with a symbolic link at the end of the path. 'follow': go where it leads. 'keep': only where a slash comes
 * after it. 'name': never, as it is the name that will be made, moved or taken away.
 */
export type LastLink = 'follow' | 'keep' | 'name';

/** Where a path ends. */
export interface Place {
  readonly parent: Link;
  readonly name: string;
  /** What is there; undefined: nothing, though the directory it would be in exists. */
  readonly link: Link | undefined;
  /** The path ends in a slash: only a directory is meant. */
  readonly asDirectory: boolean;
  /** How the path ends: in a name, in one of the two names that every directory has, or nowhere, at the root. */
  readonly ends: 'name' | '.' | '..' | 'root';
}

/** What is wrong with a path or a symbolic link's target as a text, wherever it leads. */
export const isTooLong = (text: string): boolean => isLonger(text, MAX_PATH_BYTES);

const componentsOf = (path: string): string[] => path.split('/').filter((component) => component !== '');

/** @throws ENOENT, ENOTDIR, ELOOP or ENAMETOOLONG where the way to the last component is barred */
const walkTo = (root: Link, path: string, operation: string, last: LastLink, destination?: string): Place => {
  const fail = (code: string): Error => createError(code, operation, path, destination);
  if (isTooLong(path)) throw fail('ENAMETOOLONG');
  const ahead = componentsOf(path);
  let asDirectory = path.endsWith('/');
  let at = root;
  let links = 0;
  let place: Place = { parent: root, name: '', link: root, asDirectory, ends: 'root' };
  for (let component = ahead.shift(); component !== undefined; component = ahead.shift()) {
    if (!at.getNode().isDirectory()) throw fail('ENOTDIR');
    if (component === '.' || component === '..') {
      if (component === '..') at = at.parent ?? root;
      place = { parent: at, name: component, link: at, asDirectory, ends: component };
      continue;
    }
    if (isLonger(component, MAX_NAME_BYTES)) throw fail('ENAMETOOLONG');
    const isLast = ahead.length === 0;
    const found = childOf(at, component);
    if (found === undefined && !isLast) throw fail('ENOENT');
    const follows = !isLast || last === 'follow' || (last === 'keep' && asDirectory);
    if (found?.getNode().isSymlink() && follows) {
      if (++links > MAX_SYMLINKS) throw fail('ELOOP');
      const target = found.getNode().symlink;
      if (isLast && target.endsWith('/')) asDirectory = true;
      if (target.startsWith('/')) at = root;
      place = { parent: at, name: '', link: at, asDirectory, ends: 'root' };
      ahead.unshift(...componentsOf(target));
      continue;
    }
    place = { parent: at, name: component, link: found, asDirectory, ends: 'name' };
    if (found !== undefined) at = found;
  }
  return { ...place, asDirectory };
};

export class PathResolution {
  constructor(private readonly root: Link) {}

  place(path: string, operation: string, last: LastLink, destination?: string): Place {
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
  freePlace(path: string, operation: string, isDirectory: boolean, from?: string): Place {
    const place = this.place(path, operation, 'name');
    const fail = (code: string): Error => createError(code, operation, from ?? path, from && path);
    if (place.link !== undefined) throw fail('EEXIST');
    if (place.asDirectory && !isDirectory) throw fail('ENOENT');
    return place;
  }
}
