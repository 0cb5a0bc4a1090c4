import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { imageAfter, runProgram, USED_DISK } from '../testing/disk-programs.js';
import { type DiskImage, type FileInode, fileBytes, type Inode, imageKey, ROOT_INO } from './image.js';
import { Kernel } from './kernel.js';

const fileAt = (image: DiskImage, name: string): FileInode => {
  const root = image.inodes.get(ROOT_INO);
  const inode = root?.kind === 'directory' ? image.inodes.get(root.entries.get(name) ?? -1) : undefined;
  if (inode?.kind !== 'file') throw new Error(`There is no file ${name} on this disk.`);
  return inode;
};

describe('images of one disk', () => {
  const large = imageAfter(
    USED_DISK,
    runProgram(USED_DISK, [{ call: 'write', path: '/a', at: 0, length: 51_200 }]),
  );
  const changed = imageAfter(large, runProgram(large, [{ call: 'write', path: '/a', at: 5_120, length: 1 }]));

  it('share every sector that is the same in both', () => {
    const [before, after] = [fileAt(large, 'a').sectors, fileAt(changed, 'a').sectors];
    const different = after.flatMap((sector, index) => (sector === before[index] ? [] : [index]));
    expect(after).toHaveLength(100);
    expect(different).toEqual([10]);
  });

  it('share whole the files that are the same in both', () => {
    expect(fileAt(changed, 'b')).toBe(fileAt(large, 'b'));
  });

  it('share their sectors with the lives that start from them', () => {
    const unchanged = imageAfter(large, runProgram(large, [{ call: 'rename', path: '/a', to: '/d/a' }]));
    expect(unchanged.inodes.get(ROOT_INO)).not.toEqual(large.inodes.get(ROOT_INO));
    const moved = [...unchanged.inodes.values()].filter(
      (inode) => inode.kind === 'file' && inode.size === 51_200,
    );
    expect(moved).toEqual([fileAt(large, 'a')]);
    expect(moved[0]).toBe(fileAt(large, 'a'));
  });

  it('stay what they were, whatever a life that started from one of them writes', () => {
    const bytes = Buffer.from(fileBytes(fileAt(large, 'a')));
    const key = imageKey(large);
    const kernel = new Kernel(large, () => 0);
    const fd = kernel.open('/a', 2, 0);
    kernel.write(fd, Buffer.alloc(60_000, 'z'), 0, 60_000, 0);
    kernel.ftruncate(fd, 10);
    expect(Buffer.from(fileBytes(fileAt(large, 'a')))).toEqual(bytes);
    expect(imageKey(large)).toBe(key);
  });
});

describe("an image's key", () => {
  const keyAfter = (...program: Parameters<typeof runProgram>[1]): string =>
    imageKey(imageAfter(USED_DISK, runProgram(USED_DISK, program)));

  it('is the same for the same content, however it came about', () => {
    const there = { call: 'rename', path: '/a', to: '/d/a' } as const;
    const back = { call: 'rename', path: '/d/a', to: '/a' } as const;
    expect(keyAfter(there, back)).toBe(imageKey(USED_DISK));
    expect(keyAfter({ call: 'write', path: '/b', at: 100, length: 300 })).not.toBe(imageKey(USED_DISK));
  });

  it('tells two names of one file from two files that are alike', () => {
    const file = fileAt(USED_DISK, 'b');
    const withNames = (second: number): DiskImage => ({
      inodes: new Map<number, Inode>([
        [
          ROOT_INO,
          {
            kind: 'directory',
            mode: 0o40755,
            entries: new Map([
              ['x', 2],
              ['y', second],
            ]),
          },
        ],
        [2, file],
        [3, file],
      ]),
      nextIno: 4,
    });
    expect(imageKey(withNames(2))).not.toBe(imageKey(withNames(3)));
  });

  it('tells a size, a mode and a name apart', () => {
    const keys = [
      imageKey(USED_DISK),
      keyAfter({ call: 'truncate', path: '/b', size: 600 }),
      keyAfter({ call: 'chmod', path: '/b' }),
      keyAfter({ call: 'rename', path: '/b', to: '/d/a' }),
      keyAfter({ call: 'link', path: '/b', to: '/d/a' }),
      keyAfter({ call: 'unlink', path: '/b' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
