/**
 * The kernel of one life's disk: memfs's core, with the sectors, the journal and Linux's rules put under it.
 *
 * Every system call of every API (promises, callbacks, sync, streams) ends in one of the methods below, is counted
 * as one step, and journals what a power cut could take back. Where memfs differs from Linux, Linux is followed;
 * names, links, symlinks and descriptors themselves are memfs's.
 */
import { createError, type File, type Link, type Node, Superblock } from '@jsonjoy.com/fs-core';
import { type DiskImage, type Inode, ROOT_INO } from './image.js';
import { InodeNode, type NodeHost } from './inode-node.js';
import type { Journal } from './journal.js';
import { type LastLink, type Place, walkTo } from './path-walk.js';

const O_ACCMODE = 0o3;
const O_RDONLY = 0o0;
const O_WRONLY = 0o1;
const O_RDWR = 0o2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;
const O_DSYNC = 0o10000;
const O_SYNC = 0o4010000;
/** The simulated machine's own numbers, whatever those of the one it runs on. */
export const WRITE_THROUGH = {
  create: O_RDWR | O_CREAT | O_TRUNC | O_DSYNC,
  existing: O_RDWR | O_DSYNC,
} as const;
const FIRST_DESCRIPTOR = 3;
const UMASK = 0o022;
const SYMLINK_MODE = 0o120777;

/** A program sees a Linux machine on which it is root and stands in `/`, wherever it really runs. */
const MACHINE = {
  cwd: () => '/',
  platform: 'linux',
  getuid: () => 0,
  getgid: () => 0,
  emitWarning: () => {},
  env: {},
};

/** Whether each write through a descriptor with these flags is also synced. */
export const writesThrough = (flags: number): boolean => (flags & O_DSYNC) !== 0;

/** What the kernel tells its life of each system call. */
export interface StepObserver {
  /** Called before the call takes effect; may throw, and then it does not. */
  before(operation: string, path: string, offset: number, length: number): void;
  /** Called when it is over: `result` is a count or the code of the error it failed with. */
  after(operation: string, path: string, offset: number, length: number, result: number | string): void;
}

export interface SystemCall {
  readonly operation: string;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** What the descriptor it was made on has open. */
  readonly file: File | undefined;
}

/** Stands between a system call and its effect; `act` takes how much of the call's length to do. */
export interface FaultInjector {
  /** The write under way is one whose sync fails. */
  readonly syncFails: boolean;
  perform<T>(call: SystemCall, act: (length: number) => T): T;
}

const errorCode = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ERROR';
};

const isDotName = (name: string): boolean => name === '.' || name === '..';

export class Kernel extends Superblock implements NodeHost {
  // Undefined while memfs's constructor and `load` build the tree: what an image holds is not journalled again.
  journal: Journal | undefined;
  faults: FaultInjector | undefined;
  private observer: StepObserver | undefined;
  private clock: (() => number) | undefined;
  private nextDescriptor = FIRST_DESCRIPTOR;

  constructor(image: DiskImage, clock: () => number) {
    super({ process: MACHINE });
    this.clock = clock;
    this.load(image);
    this.ino = image.nextIno - 1;
  }

  /** From now on every system call is told to `observer` and every change is journalled. */
  attach(journal: Journal, observer: StepObserver): void {
    this.journal = journal;
    this.observer = observer;
  }

  now(): number {
    return this.clock?.() ?? 0;
  }

  // --- i-nodes, links and descriptors ------------------------------------------------------------------------

  override createNode(mode: number): Node {
    // memfs calls this from its own constructor, before any field of this class exists.
    this.ino += 1;
    const node = new InodeNode(this, this.ino, mode);
    this.inodes[node.ino] = node;
    return node;
  }

  override deleteNode(node: Node): void {
    // The number is not used again: a crash image may hold both the old file and the new one.
    delete this.inodes[node.ino];
  }

  override openLink(link: Link, flags: number, resolveSymlinks?: boolean, filename?: string): File {
    if (this.releasedFds.length === 0) this.releasedFds.push(this.nextDescriptor++);
    const file = super.openLink(link, flags, resolveSymlinks, filename);
    inodeOf(file.node).openCount += 1;
    return file;
  }

  protected override closeFile(file: File): void {
    super.closeFile(file);
    // The lowest free descriptor is used next, as on Linux.
    this.releasedFds.sort((a, b) => b - a);
    const node = inodeOf(file.node);
    node.openCount -= 1;
    this.releaseIfUnused(node);
  }

  override createLink(parent?: Link, name?: string, isDirectory?: boolean, mode?: number): Link {
    if (parent === undefined || name === undefined) return super.createLink();
    const link = super.createLink(parent, name, isDirectory, mode);
    this.journalBirth(link);
    return link;
  }

  private journalBirth(link: Link): void {
    const { journal } = this;
    const parent = link.parent;
    if (journal === undefined || parent === undefined) return;
    const node = link.getNode();
    journal.birth(node.ino, newInode(node));
    journal.names([{ directory: parent.getNode().ino, name: link.getName(), ino: node.ino }]);
  }

  private load(image: DiskImage): void {
    const nodes = new Map<number, InodeNode>();
    const fill = (link: Link, ino: number): void => {
      const directory = image.inodes.get(ino);
      if (directory?.kind !== 'directory') return;
      // Sorted: equal images must give equal listings, whatever order their names were added in.
      for (const name of [...directory.entries.keys()].sort()) {
        const child = directory.entries.get(name) ?? 0;
        const inode = image.inodes.get(child);
        if (inode === undefined) continue;
        const known = nodes.get(child);
        if (known !== undefined) known.nlink += 1;
        const node = known ?? this.loadInode(child, inode);
        nodes.set(child, node);
        fill(link.createChild(name, node), child);
      }
    };
    fill(this.root, ROOT_INO);
  }

  private loadInode(ino: number, inode: Inode): InodeNode {
    const mode = inode.kind === 'symlink' ? SYMLINK_MODE : inode.mode;
    const node = new InodeNode(this, ino, mode);
    if (inode.kind === 'file') node.load(inode.sectors, inode.size);
    if (inode.kind === 'symlink') pointTo(node, inode.target);
    this.inodes[ino] = node;
    return node;
  }

  private releaseIfUnused(node: InodeNode): void {
    if (node.nlink > 0 || node.openCount > 0) return;
    if (node.isFile() && node.getSize() > 0) this.journal?.size(node.ino, 0);
    this.deleteNode(node);
  }

  // --- system calls -----------------------------------------------------------------------------------------

  private call<T>(
    operation: string,
    path: string,
    act: (length: number) => T,
    offset = 0,
    length = 0,
    file?: File,
  ): T {
    this.observer?.before(operation, path, offset, length);
    let result: T;
    try {
      result =
        this.faults === undefined
          ? act(length)
          : this.faults.perform({ operation, path, offset, length, file }, act);
    } catch (error) {
      this.observer?.after(operation, path, offset, length, errorCode(error));
      throw error;
    }
    this.observer?.after(operation, path, offset, length, typeof result === 'number' ? result : 0);
    return result;
  }

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
      return this.makeNode(parent, name, 0o100000 | (mode & 0o7777 & ~UMASK));
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
  };

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
        const { position: before } = file;
        const written = file.write(buffer, offset, count, at);
        // With O_APPEND, too, a write at a given position leaves the descriptor's own where it was.
        if (at !== undefined) file.position = before;
        if (writesThrough(file.flags) && this.faults?.syncFails !== true)
          this.journal?.sync(file.node.ino, (file.flags & O_SYNC) === O_SYNC ? 'all' : 'data');
        return written;
      },
      at ?? file.position,
      length,
      file,
    );
  }

  /** fsync ('all') and fdatasync ('data'). */
  sync(fd: number, scope: 'all' | 'data'): void {
    const operation = scope === 'all' ? 'fsync' : 'fdatasync';
    const file = this.getFileByFdOrThrow(fd, operation);
    this.call(operation, pathOf(file), () => this.journal?.sync(file.node.ino, scope), 0, 0, file);
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

  private place(path: string, operation: string, last: LastLink, destination?: string): Place {
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

  private makeNode(parent: Link, name: string, mode: number): Link {
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
    node.nlink = node.isDirectory() ? 0 : node.nlink - 1;
    this.releaseIfUnused(node);
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
    return this.makeNode(parent, name, 0o040000 | (mode & 0o7777 & ~UMASK));
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
      if (replaced !== undefined) this.forgetReplaced(inodeOf(replaced.getNode()));
    });

  private forgetReplaced(node: InodeNode): void {
    node.nlink = node.isDirectory() ? 0 : node.nlink - 1;
    // Not truncated in the journal: while the rename may be taken back, the replaced file is still there.
    if (node.nlink <= 0 && node.openCount === 0) this.deleteNode(node);
  }

  override readonly fchmod = (fd: number, mode: number): void => {
    const file = this.getFileByFdOrThrow(fd, 'fchmod');
    this.call('fchmod', pathOf(file), () => file.node.chmod(mode));
  };

  override readonly chmod = (path: string, mode: number): void =>
    this.call('chmod', path, () => this.linkAt(path, 'chmod', 'follow').getNode().chmod(mode));

  override readonly futimes = (fd: number, accessed: number, modified: number): void => {
    inodeOf(this.getFileByFdOrThrow(fd, 'futime').node).setTimes(accessed * 1000, modified * 1000);
  };

  override readonly utimes = (
    path: string,
    accessed: number,
    modified: number,
    followSymlinks = true,
  ): void => {
    const link = this.linkAt(path, followSymlinks ? 'utime' : 'lutime', followSymlinks ? 'follow' : 'keep');
    inodeOf(link.getNode()).setTimes(accessed * 1000, modified * 1000);
  };

  /** A reading call of a facade above (stat, readdir, ...): a step like any other. */
  observe<T>(operation: string, path: string, act: () => T): T {
    return this.call(operation, path, act);
  }
}

/** Is `link` `directory` itself or something below it? */
const isWithin = (link: Link, directory: Link): boolean => {
  for (let at: Link | undefined = link; at !== undefined; at = at.parent === at ? undefined : at.parent)
    if (at === directory) return true;
  return false;
};

const pathOf = (file: File): string => file.link.getPath() || '/';

/** Every node of a kernel is one of ours: `createNode` and `loadInode` make them all. */
const inodeOf = (node: Node): InodeNode => {
  if (node instanceof InodeNode) return node;
  throw new Error('A node of another file system got onto the simulated disk.');
};

/** memfs gives symbolic links the permissions of a file; on Linux they have all. */
const pointTo = (node: Node, target: string): void => {
  node.makeSymlink(target);
  node.mode = SYMLINK_MODE;
};

export const childNames = (link: Link): string[] =>
  [...link.children.keys()].filter((name) => !isDotName(name)).sort();

const newInode = (node: Node): Inode => {
  if (node.isDirectory()) return { kind: 'directory', mode: node.mode, entries: new Map() };
  if (node.isSymlink()) return { kind: 'symlink', target: node.symlink };
  return { kind: 'file', mode: node.mode, size: 0, sectors: [], sum1: 0, sum2: 0 };
};

const refuseMismatch = (link: Link, replaced: Link, from: string, to: string): void => {
  const isDirectory = link.getNode().isDirectory();
  const ontoDirectory = replaced.getNode().isDirectory();
  if (isDirectory && !ontoDirectory) throw createError('ENOTDIR', 'rename', from, to);
  if (!isDirectory && ontoDirectory) throw createError('EISDIR', 'rename', from, to);
  if (isDirectory && childNames(replaced).length > 0) throw createError('ENOTEMPTY', 'rename', from, to);
};
