/** A real directory as a disk image: names, bytes, sizes, permissions, and which names are one file. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { applyAll } from '../../../sim/disk/crash-model/crash-image.js';
import {
  type DiskImage,
  EMPTY_FILE,
  EMPTY_IMAGE,
  type Inode,
  ROOT_INO,
} from '../../../sim/disk/crash-model/disk-image.js';
import type { InodeBirth, MicroOperation } from '../../../sim/disk/crash-model/micro-operation.js';
import { patched, SECTOR_BYTES, ZERO_SECTOR } from '../../../sim/disk/crash-model/sector.js';

const DIRECTORY_MODE = 0o40755;

/** Puts together an image from what is found, through the same micro-operations as a life's journal. */
class Found {
  private readonly births: InodeBirth[] = [];
  private readonly operations: MicroOperation[] = [];
  private readonly numbers = new Map<number, number>();
  private nextIno = ROOT_INO + 1;
  private nextId = 0;

  get image(): DiskImage {
    return applyAll(EMPTY_IMAGE, this.births, this.operations);
  }

  add(directory: number, name: string, inode: Inode): number {
    const ino = this.nextIno++;
    this.births.push({ kind: 'birth', ino, inode });
    this.name(directory, name, ino);
    return ino;
  }

  /** Everything below the real directory `path`. */
  walk(path: string, parent: number): void {
    for (const name of readdirSync(path).sort()) {
      const at = `${path}/${name}`;
      const { ino: realIno, mode } = lstatSync(at);
      const known = this.numbers.get(realIno);
      if (known !== undefined) {
        this.name(parent, name, known);
        continue;
      }
      if ((mode & 0o170000) === 0o040000) {
        this.walk(at, this.add(parent, name, { kind: 'directory', mode, entries: new Map() }));
        continue;
      }
      const isLink = (mode & 0o170000) === 0o120000;
      const inode: Inode = isLink ? { kind: 'symlink', target: readlinkSync(at) } : { ...EMPTY_FILE, mode };
      const ino = this.add(parent, name, inode);
      this.numbers.set(realIno, ino);
      if (!isLink) this.content(ino, readFileSync(at));
    }
  }

  private name(directory: number, name: string, ino: number): void {
    const changes = [{ directory, name, ino }];
    this.operations.push({ kind: 'entries', id: this.nextId++, changes, replaces: false });
  }

  private content(ino: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
      const sector = patched(ZERO_SECTOR, 0, bytes, at, Math.min(SECTOR_BYTES, bytes.length - at));
      const flags = { allocates: true, opensBlock: true, continues: false };
      this.operations.push({
        kind: 'sector',
        id: this.nextId++,
        ino,
        index: at / SECTOR_BYTES,
        sector,
        ...flags,
      });
    }
    this.operations.push({ kind: 'size', id: this.nextId++, ino, size: bytes.length, delayed: false });
  }
}

/** The image of a disk that holds what the real directory `path` holds, at the same path, and nothing else. */
export const imageOf = (path: string): DiskImage => {
  const found = new Found();
  let at = ROOT_INO;
  for (const name of path.split('/').filter((part) => part !== ''))
    at = found.add(at, name, { kind: 'directory', mode: DIRECTORY_MODE, entries: new Map() });
  found.walk(path, at);
  return found.image;
};
