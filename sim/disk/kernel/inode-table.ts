/**
 * The i-nodes of one life's disk: memfs's core with our i-nodes, made from an image. Maps names to i-nodes, and journals
 * the new ones.
 */
import { type Link, type Node, Superblock } from '@jsonjoy.com/fs-core';
import { type DiskImage, type Inode, ROOT_INO } from '../crash-model/disk-image.js';
import type { ReadRecorder } from '../crash-model/image-reads.js';
import type { Journal } from '../crash-model/journal.js';
import { InodeNode, type NodeHost } from './inode.js';

const SYMLINK_MODE = 0o120777;
const DIRECTORY_TYPE = 0o040000;
const FILE_TYPE = 0o100000;
const PERMISSIONS = 0o7777;
/** Of a process that sets none. */
const UMASK = 0o022;

/** A program sees a Linux machine on which it is root and stands in `/`, wherever it really runs. */
const MACHINE = {
  cwd: () => '/',
  platform: 'linux',
  getuid: () => 0,
  getgid: () => 0,
  emitWarning: () => {},
  env: {},
};

const isDotName = (name: string): boolean => name === '.' || name === '..';

export class InodeTable extends Superblock implements NodeHost {
  // Undefined while memfs's constructor and `load` build the tree: what an image holds is not journalled again.
  journal: Journal | undefined;
  reads: ReadRecorder | undefined;
  /** Which permissions a new file or directory does not get. */
  umask = UMASK;
  private clock: (() => number) | undefined;

  constructor(image: DiskImage, clock: () => number) {
    super({ process: MACHINE });
    this.clock = clock;
    this.load(image);
    this.ino = image.nextIno - 1;
  }

  now(): number {
    return this.clock?.() ?? 0;
  }

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

  makeFile(parent: Link, name: string, mode: number): Link {
    return this.addChild(parent, name, this.createNode(FILE_TYPE | this.permissions(mode)));
  }

  makeDirectory(parent: Link, name: string, mode: number): Link {
    return this.addChild(parent, name, this.createNode(DIRECTORY_TYPE | this.permissions(mode)));
  }

  makeSymlink(parent: Link, name: string, target: string): Link {
    const node = this.createNode(SYMLINK_MODE);
    pointTo(node, target);
    return this.addChild(parent, name, node);
  }

  private permissions(mode: number): number {
    return mode & PERMISSIONS & ~this.umask;
  }

  private addChild(parent: Link, name: string, node: Node): Link {
    const link = parent.createChild(name, node);
    this.journal?.birth(node.ino, newInode(node));
    this.journal?.names([{ directory: parent.getNode().ino, name, ino: node.ino }]);
    return link;
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

  /**
   * Frees a file that has neither name nor descriptor. Nothing is journalled: Linux keeps such a file on a list of orphans
   * and frees its blocks in or after the transaction that took its name, never before.
   */
  releaseIfUnused(node: InodeNode): void {
    if (node.nlink <= 0 && node.openCount === 0) this.deleteNode(node);
  }
}

/** Every node of a kernel is one of ours: `createNode` and `loadInode` make them all. */
export const inodeOf = (node: Node): InodeNode => {
  if (node instanceof InodeNode) return node;
  throw new Error('A node of another file system got onto the simulated disk.');
};

/** memfs gives symbolic links the permissions of a file; on Linux they have all. */
const pointTo = (node: Node, target: string): void => {
  node.makeSymlink(target);
  node.mode = SYMLINK_MODE;
};

/** What a name of a directory leads to. */
export const childOf = (link: Link, name: string): Link | undefined => {
  inodeOf(link.getNode()).lookedUp(name);
  return link.children.get(name);
};

export const childNames = (link: Link): string[] => {
  inodeOf(link.getNode()).listed();
  return [...link.children.keys()].filter((name) => !isDotName(name)).sort();
};

const newInode = (node: Node): Inode => {
  if (node.isDirectory()) return { kind: 'directory', mode: node.mode, entries: new Map() };
  if (node.isSymlink()) return { kind: 'symlink', target: node.symlink };
  return { kind: 'file', mode: node.mode, size: 0, sectors: [], sum1: 0, sum2: 0, zeros: 0 };
};
