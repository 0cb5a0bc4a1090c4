import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { imageAfter, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import { Kernel } from '../kernel/kernel.js';
import { type DiskImage, type FileInode, fileBytes, type Inode, imageKey, ROOT_INO } from './disk-image.js';
import { Journal } from './journal.js';

const fileAt = (image: DiskImage, name: string): FileInode => {
  const root = image.inodes.get(ROOT_INO);
  const inode = root?.kind === 'directory' ? image.inodes.get(root.entries.get(name) ?? -1) : undefined;
  if (inode?.kind !== 'file') throw new Error(`There is no file ${name} on this disk.`);
  return inode;
};

describe('DiskImage: images of one disk', () => {
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

describe('Kernel: a life that starts from an image', () => {
  const linked = imageAfter(USED_DISK, runProgram(USED_DISK, [{ call: 'link', path: '/b', to: '/d/a' }]));
  const read = (kernel: Kernel, path: string, length: number): string => {
    const fd = kernel.open(path, 0, 0);
    const bytes = Buffer.alloc(length);
    kernel.read(fd, bytes, 0, length, 0);
    kernel.close(fd);
    return bytes.toString();
  };

  it('finds two names of one file to be one file still', () => {
    const kernel = new Kernel(linked, () => 0);
    expect(kernel.linkAt('/b', 'stat', 'follow').getNode().nlink).toBe(2);
    const fd = kernel.open('/b', 1, 0);
    kernel.write(fd, Buffer.from('by one name'), 0, 11, 0);
    expect(read(kernel, '/d/a', 11)).toBe('by one name');
    kernel.unlink('/b');
    expect(kernel.linkAt('/d/a', 'stat', 'follow').getNode().nlink).toBe(1);
  });

  it('finds nothing of a file that had no name left, though it was open when the power failed', () => {
    const kernel = new Kernel(linked, () => 0);
    const journal = new Journal();
    kernel.attach(journal);
    const fd = kernel.open('/a', 1, 0);
    kernel.unlink('/a');
    kernel.write(fd, Buffer.from('still written to'), 0, 16, 0);
    const after = new Kernel(imageAfter(linked, journal.entries), () => 0);
    expect(() => after.open('/a', 0, 0)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(read(after, '/b', 3)).toBe('bbb');
  });
});

describe('imageKey', () => {
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
