/**
 * A file's current content as the program sees it (the page cache), plugged into memfs as its i-node.
 *
 * memfs keeps a growing buffer per file; this keeps immutable sectors instead, so that what the program wrote, what
 * the journal recorded and what an image holds are one and the same memory.
 */
import { Buffer } from 'node:buffer';
import { Node } from '@jsonjoy.com/fs-core';
import type { ReadRecorder } from '../crash-model/image-reads.js';
import type { Journal } from '../crash-model/journal.js';
import { BLOCK_SECTORS } from '../crash-model/micro-operation.js';
import {
  cutAt,
  isZeros,
  patched,
  SECTOR_BYTES,
  type Sector,
  sectorsFor,
  ZERO_SECTOR,
} from '../crash-model/sector.js';

/** What a node needs of the disk it lies on. */
export interface NodeHost {
  readonly journal: Journal | undefined;
  /** Notes what is read of the image, where somebody asks for it. */
  readonly reads: ReadRecorder | undefined;
  now(): number;
}

/** Of the user and of the group. */
const ROOT = 0;

const isHole = (sector: Sector): boolean => sector.isHole;

const NO_SECTORS: readonly Sector[] = [];
const NOTHING = { content: NO_SECTORS, length: 0 };

/** What memfs's constructor sets and something here or in memfs still looks at; no times, as they are kept below. */
interface PlainFields {
  ino: number;
  mode: number;
  rdev: number;
  buf: Buffer;
  capacity: number;
  size: number;
  changes: Node['changes'];
  _uid: number;
  _gid: number;
  _nlink: number;
}

const NO_BYTES = Buffer.alloc(0);
/** Shared by all nodes: it has no listeners, as watchers follow the calls. */
const NO_LISTENERS = new Node(0, 0, 0, 0).changes;

/**
 * memfs's i-node, but for its constructor, which asks the system four times who the user is and makes four dates and a set
 * of listeners: that was three quarters of what it costs to start from an image.
 */
function plainNode(this: PlainFields, ino: number, mode: number): void {
  this.ino = ino;
  this.mode = mode;
  this.rdev = 0;
  this.buf = NO_BYTES;
  this.capacity = 0;
  this.size = 0;
  this.changes = NO_LISTENERS;
  this._uid = ROOT;
  this._gid = ROOT;
  this._nlink = 1;
}
plainNode.prototype = Node.prototype;
// A function with a prototype is a constructor, which TypeScript knows of classes only.
const PlainNode = plainNode as unknown as new (ino: number, mode: number) => Node;

export class InodeNode extends PlainNode {
  /** How many descriptors hold it open: an unlinked file lives until the last one closes. */
  openCount = 0;
  /** It was truncated to nothing and has not been closed since. */
  wasEmptied = false;
  private content: Sector[] | readonly Sector[] = NO_SECTORS;
  /** The array may be shared with an image: copy before the first write. */
  private shared = true;
  private length = 0;
  /** What was on the disk when the life began, or when it was last told that all of it is. */
  private durable: { readonly content: readonly Sector[]; readonly length: number } = NOTHING;
  private modifiedMs: number;
  private changedMs: number;
  private readonly bornMs: number;
  private accessedMs: number;

  constructor(
    private readonly host: NodeHost,
    ino: number,
    mode: number,
  ) {
    super(ino, mode);
    this.bornMs = host.now();
    this.modifiedMs = this.bornMs;
    this.changedMs = this.bornMs;
    this.accessedMs = this.bornMs;
  }

  // memfs would ask who runs this process. On the simulated machine the program is root, to whom every file is open.
  override canRead(): boolean {
    return true;
  }

  override canWrite(): boolean {
    return true;
  }

  override canExecute(): boolean {
    return true;
  }

  /** Takes the content of an image's file as it is, without journalling. */
  load(sectors: readonly Sector[], size: number): void {
    this.content = sectors;
    this.shared = true;
    this.length = size;
    this.durable = { content: sectors, length: size };
  }

  /** Notes that all of the content is on the disk: what {@link revert} goes back to. */
  markDurable(): void {
    this.shared = true;
    this.durable = { content: this.content, length: this.length };
  }

  /** Drops what is in memory for what is on the disk, as some file systems do when writing back has failed. */
  revert(): void {
    this.content = this.durable.content;
    this.length = this.durable.length;
    this.shared = true;
  }

  /** The mode, as something that the program learns. */
  readMode(): number {
    this.host.reads?.mode(this.ino);
    return this.mode;
  }

  /** The number of names that lead here, as something that the program learns. */
  readLinks(): number {
    this.host.reads?.links(this.ino);
    return this.nlink;
  }

  /** Notes that a name was looked up in this directory. */
  lookedUp(name: string): void {
    this.host.reads?.entry(this.ino, name);
  }

  /** Notes that what happens next may follow from anything on the disk. */
  readAll(): void {
    this.host.reads?.all();
  }

  /** Notes that this directory was listed. */
  listed(): void {
    this.host.reads?.listing(this.ino);
  }

  /** Changes one bit, in memory and for good on the disk. */
  rot(byte: number, bit: number): void {
    const index = Math.floor(byte / SECTOR_BYTES);
    const within = byte - index * SECTOR_BYTES;
    const before = this.content[index] ?? ZERO_SECTOR;
    this.host.reads?.bytes(this.ino, index, 0, SECTOR_BYTES);
    const changed = Uint8Array.of((before.bytes[within] ?? 0) ^ (1 << bit));
    const after = patched(before, within, changed, 0, 1);
    this.own()[index] = after;
    this.host.journal?.rot(this.ino, index, after);
  }

  override getSize(): number {
    this.host.reads?.size(this.ino);
    return this.isSymlink() ? Buffer.byteLength(this.symlink) : this.length;
  }

  override write(source: Buffer, offset = 0, count = source.length, position = 0): number {
    const length = Math.min(count, source.length - offset);
    if (length <= 0) return 0;
    const { journal, reads } = this.host;
    reads?.size(this.ino);
    const sectors = this.own();
    let done = 0;
    let opensBlock = false;
    while (done < length) {
      const at = position + done;
      const index = Math.floor(at / SECTOR_BYTES);
      const within = at - index * SECTOR_BYTES;
      const part = Math.min(SECTOR_BYTES - within, length - done);
      // Asked before this call writes anything there.
      if (done === 0 || index % BLOCK_SECTORS === 0) {
        opensBlock = this.blockIs(index, isHole);
        if (journal !== undefined && index < sectorsFor(this.length) && this.blockIs(index, isZeros))
          journal.replacesZeros = true;
      }
      reads?.wrote(this.ino, index, within, within + part);
      while (sectors.length <= index) sectors.push(ZERO_SECTOR);
      const before = sectors[index] ?? ZERO_SECTOR;
      if (journal !== undefined && index < sectorsFor(this.length) && isZeros(before))
        journal.replacesZeros = true;
      const after = patched(before, within, source, offset + done, part);
      sectors[index] = after;
      done += part;
      const continues = done < length && (index + 1) % BLOCK_SECTORS !== 0;
      const written = part < SECTOR_BYTES ? { written: [within, within + part] as const } : {};
      journal?.sector(this.ino, index, after, {
        allocates: before.isHole,
        opensBlock,
        continues,
        ...written,
      });
      // As Linux does it: one page after the other is written, and the file grows over it.
      const grown = position + done;
      if (!continues && grown > this.length) {
        this.length = grown;
        journal?.size(this.ino, grown, true);
      }
    }
    this.touch();
    return length;
  }

  override read(
    target: Buffer | Uint8Array | ArrayBufferView,
    offset = 0,
    count = target.byteLength,
    position = 0,
  ): number {
    this.host.reads?.size(this.ino);
    const length = Math.min(count, target.byteLength - offset, this.length - position);
    if (length <= 0) return 0;
    const { reads } = this.host;
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    let done = 0;
    while (done < length) {
      const at = position + done;
      const index = Math.floor(at / SECTOR_BYTES);
      const within = at - index * SECTOR_BYTES;
      const part = Math.min(SECTOR_BYTES - within, length - done);
      const sector = this.content[index] ?? ZERO_SECTOR;
      reads?.bytes(this.ino, index, within, within + part);
      bytes.set(
        part === SECTOR_BYTES ? sector.bytes : sector.bytes.subarray(within, within + part),
        offset + done,
      );
      done += part;
    }
    return length;
  }

  override truncate(size = 0): void {
    this.host.reads?.size(this.ino);
    const to = Math.max(0, size);
    if (to !== this.length) {
      if (to < this.length) {
        const sectors = this.own();
        sectors.length = Math.min(sectors.length, sectorsFor(to));
        const last = Math.floor(to / SECTOR_BYTES);
        const tail = sectors[last];
        if (tail !== undefined) sectors[last] = cutAt(tail, to % SECTOR_BYTES);
        this.host.reads?.truncated(this.ino, to);
      }
      this.length = to;
      if (to === 0) this.wasEmptied = true;
      this.host.journal?.size(this.ino, to, false);
    }
    this.touch();
  }

  override getBuffer(): Buffer {
    // Zeroed and unpooled, so that equal runs never see leftovers of other runs.
    const buffer = Buffer.alloc(this.length);
    this.read(buffer);
    return buffer;
  }

  override getString(encoding: BufferEncoding = 'utf8'): string {
    return this.getBuffer().toString(encoding);
  }

  override setBuffer(buffer: Buffer): void {
    this.truncate(0);
    this.write(buffer);
  }

  override setString(text: string): void {
    this.setBuffer(Buffer.from(text));
  }

  override chmod(permissions: number): void {
    this.mode = (this.mode & 0o170000) | (permissions & 0o7777);
    this.changedMs = this.host.now();
    this.host.journal?.mode(this.ino, this.mode);
  }

  override touch(): void {
    this.modifiedMs = this.host.now();
    this.changedMs = this.modifiedMs;
  }

  /** Sets both times, as utimes does; milliseconds since the epoch. */
  setTimes(accessedMs: number, modifiedMs: number): void {
    this.accessedMs = accessedMs;
    this.modifiedMs = modifiedMs;
    this.changedMs = this.host.now();
  }

  /** Milliseconds since the epoch, with their fractions: `utimes` sets them to the nanosecond. */
  get times(): {
    readonly accessedMs: number;
    readonly modifiedMs: number;
    readonly changedMs: number;
    readonly bornMs: number;
  } {
    const { accessedMs, modifiedMs, changedMs, bornMs } = this;
    return { accessedMs, modifiedMs, changedMs, bornMs };
  }

  // memfs stamps `new Date()` on every look-up and link. Simulated time is taken instead, whatever it passes;
  // the time of last access is left alone, as on a disk mounted noatime.
  override get atime(): Date {
    return new Date(this.accessedMs);
  }
  override set atime(_ignored: Date) {}
  override get mtime(): Date {
    return new Date(this.modifiedMs);
  }
  override set mtime(_ignored: Date) {
    this.touch();
  }
  override get ctime(): Date {
    return new Date(this.changedMs);
  }
  override set ctime(_ignored: Date) {
    this.changedMs = this.host.now();
  }
  override get btime(): Date {
    return new Date(this.bornMs);
  }
  override set btime(_ignored: Date) {}

  /** Whether all that the file has of the block of 4096 B that holds a sector is such. */
  private blockIs(index: number, isSuch: (sector: Sector) => boolean): boolean {
    const start = index - (index % BLOCK_SECTORS);
    const end = Math.min(start + BLOCK_SECTORS, this.content.length);
    for (let at = start; at < end; at++) if (!isSuch(this.content[at] ?? ZERO_SECTOR)) return false;
    return true;
  }

  private own(): Sector[] {
    if (this.shared) {
      this.content = this.content.slice();
      this.shared = false;
    }
    return this.content as Sector[]; // just copied, so it is ours to change
  }
}
