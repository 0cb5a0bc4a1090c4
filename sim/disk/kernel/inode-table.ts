/**
 * What one life's disk is made of: memfs's core with our i-nodes in it, made from an image. It keeps which names lead to
 * which i-node and which descriptors hold it open, and journals what comes to be and what is gone.
 */
import { type File, type Link, type Node, Superblock } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import { type DiskImage, type Inode, ROOT_INO } from '../crash-model/disk-image.js';
import type { Journal } from '../crash-model/journal.js';
import { InodeNode, type NodeHost } from './inode.js';
import type { EffectiveCall } from './system-call.js';
import { errorCode, type FaultInjector, type StepObserver } from './system-call.js';

const FIRST_DESCRIPTOR = 3;
export const SYMLINK_MODE = 0o120777;

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

export abstract class InodeTable extends Superblock implements NodeHost {
  // Undefined while memfs's constructor and `load` build the tree: what an image holds is not journalled again.
  journal: Journal | undefined;
  faults: FaultInjector | undefined;
  /** Told of each call that has taken effect, where somebody watches the disk. */
  whenEffective: ((call: EffectiveCall) => void) | undefined;
  private observer: StepObserver | undefined;
  private clock: (() => number) | undefined;
  private nextDescriptor: number;

  constructor(image: DiskImage, clock: () => number, firstDescriptor = FIRST_DESCRIPTOR) {
    super({ process: MACHINE });
    this.nextDescriptor = firstDescriptor;
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
    if (node.wasEmptied) {
      node.wasEmptied = false;
      if (node.nlink > 0) this.journal?.flush(node.ino);
    }
    this.releaseIfUnused(node);
  }

  override createLink(parent?: Link, name?: string, isDirectory?: boolean, mode?: number): Link {
    if (parent === undefined || name === undefined) return super.createLink();
    const link = super.createLink(parent, name, isDirectory, mode);
    this.journalBirth(link);
    return link;
  }

  protected journalBirth(link: Link): void {
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

  /**
   * Frees a file that has neither name nor descriptor. Nothing is journalled: Linux keeps such a file on a list of orphans
   * and frees its blocks in or after the transaction that took its name, never before.
   */
  protected releaseIfUnused(node: InodeNode): void {
    if (node.nlink <= 0 && node.openCount === 0) this.deleteNode(node);
  }

  /** One system call: counted, perhaps struck by a fault, and told to whoever observes. */
  protected call<T>(
    operation: Operation,
    path: string,
    act: (length: number) => T,
    offset = 0,
    length = 0,
    file?: File,
  ): T {
    this.observer?.before(operation, path, offset, length);
    const heard =
      this.whenEffective === undefined ? undefined : this.hearing({ operation, path, offset, file });
    let result: T;
    try {
      result =
        this.faults === undefined
          ? act(length)
          : this.faults.perform({ operation, path, offset, length, file }, act);
    } catch (error) {
      heard?.(undefined);
      this.observer?.after(operation, path, offset, length, errorCode(error));
      throw error;
    }
    heard?.(result ?? 0);
    this.observer?.after(operation, path, offset, length, typeof result === 'number' ? result : 0);
    return result;
  }

  /** Returns what to call when the call is over; undefined is the result of one that has failed. */
  private hearing(call: Omit<EffectiveCall, 'entries' | 'result'>): (result: unknown) => void {
    const first = this.journal?.entries.length ?? 0;
    return (result) => {
      const entries = this.journal?.entries.slice(first) ?? [];
      // A call that fails by a fault may have done its work all the same.
      if (result !== undefined || entries.length > 0) this.whenEffective?.({ ...call, entries, result });
    };
  }
}

/** Every node of a kernel is one of ours: `createNode` and `loadInode` make them all. */
export const inodeOf = (node: Node): InodeNode => {
  if (node instanceof InodeNode) return node;
  throw new Error('A node of another file system got onto the simulated disk.');
};

/** memfs gives symbolic links the permissions of a file; on Linux they have all. */
export const pointTo = (node: Node, target: string): void => {
  node.makeSymlink(target);
  node.mode = SYMLINK_MODE;
};

export const childNames = (link: Link): string[] =>
  [...link.children.keys()].filter((name) => !isDotName(name)).sort();

const newInode = (node: Node): Inode => {
  if (node.isDirectory()) return { kind: 'directory', mode: node.mode, entries: new Map() };
  if (node.isSymlink()) return { kind: 'symlink', target: node.symlink };
  return { kind: 'file', mode: node.mode, size: 0, sectors: [], sum1: 0, sum2: 0, zeros: 0 };
};
