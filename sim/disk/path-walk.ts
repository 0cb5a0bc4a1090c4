/** How Linux finds what a path leads to (path_resolution(7)): `.`, `..`, symbolic links and trailing slashes included. */
import { createError, type Link } from '@jsonjoy.com/fs-core';

/** As many symbolic links as Linux follows in one path. */
const MAX_SYMLINKS = 40;

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

const componentsOf = (path: string): string[] => path.split('/').filter((component) => component !== '');

/** @throws ENOENT, ENOTDIR or ELOOP where the way to the last component is barred */
export const walkTo = (
  root: Link,
  path: string,
  operation: string,
  last: LastLink,
  destination?: string,
): Place => {
  const fail = (code: string): Error => createError(code, operation, path, destination);
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
    const isLast = ahead.length === 0;
    const found = at.children.get(component);
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
