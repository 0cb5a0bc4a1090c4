import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../suite/history.js';
import type { DiskModelName } from '../../suite/suite.js';
import { type DiskCall, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import { crashStateOf, crashStates } from './crash-states.js';
import { type DiskImage, EMPTY_IMAGE, type FileInode, fileBytes, ROOT_INO } from './disk-image.js';
import { diskModel } from './disk-models.js';
import type { Crash, CrashState } from './durability.js';

const START = { image: USED_DISK, history: EMPTY_HISTORY };

const statesOf = (program: readonly DiskCall[], disk: DiskModelName, sectorBytes = 512): CrashState[] => {
  const entries = runProgram(USED_DISK, program);
  const model = diskModel(disk, sectorBytes);
  return [...crashStates(START, entries, { model, budget: 10_000, seed: 'seed' })].flatMap(
    ({ states }) => states,
  );
};

const fileAt = (image: DiskImage, name: string): FileInode | undefined => {
  const root = image.inodes.get(ROOT_INO);
  const inode = root?.kind === 'directory' ? image.inodes.get(root.entries.get(name) ?? -1) : undefined;
  return inode?.kind === 'file' ? inode : undefined;
};

/** What each sector of a file begins with, one byte a sector. */
const sectorsOf = (image: DiskImage, name: string): string => {
  const file = fileAt(image, name);
  if (file === undefined) return 'gone';
  const bytes = fileBytes(file);
  return Array.from(
    bytes.filter((_, at) => at % 512 === 0),
    (byte) => String.fromCharCode(byte),
  ).join('');
};

describe('crashStates: sectors', () => {
  // Twice two sectors over the two that there are, so that both versions and both halves can be seen.
  const overwrite: DiskCall[] = [{ call: 'write', path: '/a', at: 0, length: 900 }];
  const versions = (sectorBytes: number): string[] => {
    const seen = new Set(statesOf(overwrite, 'posix', sectorBytes).map(({ image }) => sectorsOf(image, 'a')));
    return [...seen].sort();
  };

  it('of 512 B tear a write of two of them', () => {
    expect(versions(512)).toEqual(['\u0001\u0001', '\u0001a', 'a\u0001']);
  });

  it('of 4096 B take it whole or not at all', () => {
    expect(versions(4096)).toEqual(['\u0001\u0001']);
  });

  it('of 4096 B tear a write that goes over the end of one', () => {
    const long: DiskCall[] = [{ call: 'write', path: '/a', at: 3584, length: 1024 }];
    const keys = new Set(statesOf(long, 'posix', 4096).map(({ image }) => sectorsOf(image, 'a')));
    const tail = [...keys].map((text) => text.slice(7)).sort();
    expect(tail).toEqual(
      [
        '',
        // The file grows page by page, so it may end where the first one does.
        '\0',
        '\u0001',
        '\u00a5',
        '\0\0',
        '\0\u0001',
        '\u0001\0',
        '\u0001\u0001',
        '\u0001\u00a5',
        '\u00a5\u0001',
        '\u00a5\u00a5',
      ].sort(),
    );
  });
});

describe('crashStates: stale bytes', () => {
  // The directory's sync commits the rename, and before it the sizes; the data is still in the page cache.
  const resized = (...sizes: readonly number[]): DiskCall[] => [
    { call: 'write', path: '/n', at: 500, length: 1 },
    ...sizes.map((size) => ({ call: 'truncate', path: '/n', size }) as const),
    { call: 'rename', path: '/n', to: '/m' },
    { call: 'fsync directory', path: '/' },
    { call: 'chmod', path: '/b' },
  ];
  /** The most stale bytes that the file has in an image, after the last call. */
  const staleIn = (program: readonly DiskCall[]): number => {
    const states = statesOf(program, 'ext4-writeback');
    const end = Math.max(...states.map(({ crash }) => crash.at));
    const counts = states.map(({ crash, image }) => {
      const file = crash.at === end ? fileAt(image, 'm') : undefined;
      return file === undefined ? 0 : fileBytes(file).filter((byte) => byte === 0xa5).length;
    });
    return Math.max(...counts);
  };

  it('fill a lost sector to its end where the file grew durably afterwards', () => {
    expect(staleIn(resized(600))).toBe(512);
  });

  it('end where a durable truncation cut the file, though it grew again', () => {
    expect(staleIn(resized(400, 600))).toBe(400);
  });
});

describe('crashStates: a rename', () => {
  const replace: DiskCall[] = [{ call: 'rename', path: '/b', to: '/a' }];
  const names = (disk: DiskModelName): string[] => {
    const seen = statesOf(replace, disk).map(({ image }) => {
      const [a, b] = [fileAt(image, 'a')?.size, fileAt(image, 'b')?.size];
      return `a: ${a ?? 'gone'}, b: ${b ?? 'gone'}`;
    });
    return [...new Set(seen)].sort();
  };

  it('is atomic under posix', () => {
    expect(names('posix')).toEqual(['a: 200, b: gone']);
  });

  it('comes apart under posix-worst: either name, both or none may be there', () => {
    expect(names('posix-worst')).toEqual([
      'a: 200, b: 200',
      'a: 200, b: gone',
      'a: 900, b: gone',
      'a: gone, b: 200',
      'a: gone, b: gone',
    ]);
  });

  it('that came apart is found again by what a token says of it', () => {
    const entries = runProgram(USED_DISK, replace);
    const model = diskModel('posix-worst');
    for (const state of statesOf(replace, 'posix-worst')) {
      expect(state.crash.lost.every(Number.isSafeInteger)).toBe(true);
      expect(crashStateOf(START, entries, model, state.crash).key).toBe(state.key);
    }
  });
});

describe('crashStates: after an append', () => {
  const sizesAndData = (program: readonly DiskCall[], disk: DiskModelName): string[] => {
    const seen = statesOf(program, disk).map(({ image }) => {
      const file = fileAt(image, 'b');
      const bytes = file === undefined ? [] : [...fileBytes(file).subarray(200)];
      const fill = bytes.length === 0 ? '' : bytes.every((byte) => byte === 0) ? ' zeros' : ' data';
      return `${file?.size}${fill}`;
    });
    return [...new Set(seen)].sort();
  };

  it('in a block that the file has may be the size alone, even where a file system orders its data', () => {
    const append: DiskCall[] = [{ call: 'write', path: '/b', at: 200, length: 100 }];
    expect(sizesAndData(append, 'ext4-nodelalloc')).toEqual(['200', '300 data', '300 zeros']);
  });

  it('in a new block is data with its size there, and may be the size alone elsewhere', () => {
    const append: DiskCall[] = [
      { call: 'truncate', path: '/b', size: 0 },
      { call: 'fsync', path: '/b' },
      { call: 'write', path: '/b', at: 0, length: 300 },
    ];
    const last = (disk: DiskModelName): string[] =>
      sizesAndData(append, disk).filter((seen) => seen.startsWith('300'));
    expect(last('ext4-nodelalloc')).toEqual(['300 data']);
    expect(last('ext4-writeback')).toEqual(['300 data', '300 zeros']);
  });
});

describe('crashStateOf', () => {
  const entries = runProgram(USED_DISK, [
    { call: 'write', path: '/a', at: 0, length: 900 },
    { call: 'chmod', path: '/a' },
  ]);
  const impossible = (crash: Crash, disk: DiskModelName) => () =>
    crashStateOf(START, entries, diskModel(disk), crash);

  it.each<[string, Crash, DiskModelName, RegExp]>([
    ['later than the life was long', { at: 99, lost: [], fill: 'zero' }, 'posix', /3 journal entries/],
    ['with losses that were never written', { at: 3, lost: [77], fill: 'zero' }, 'posix', /not yet written/],
    ['with losses out of order', { at: 3, lost: [0], fill: 'zero' }, 'prefix', /does not allow/],
    ['with bytes that the model does not leave', { at: 3, lost: [0], fill: 'garbage' }, 'posix', /'garbage'/],
    ['with old bytes where there are none', { at: 3, lost: [0], fill: 'stale' }, 'posix', /no sector/],
  ])('is refused %s', (_what, crash, disk, message) => {
    expect(impossible(crash, disk)).toThrow(expect.objectContaining({ code: 'CRASH_IMPOSSIBLE' }));
    expect(impossible(crash, disk)).toThrow(message);
  });

  it('leaves garbage in the first sector that was lost, under posix-worst', () => {
    const crash: Crash = { at: 3, lost: [0, 1], fill: 'garbage' };
    const { image } = crashStateOf(START, entries, diskModel('posix-worst'), crash);
    const file = fileAt(image, 'a');
    if (file === undefined) throw new Error('The file is gone.');
    const bytes = fileBytes(file);
    expect(new Set(bytes.subarray(0, 512)).size).toBeGreaterThan(100);
    expect(new Set(bytes.subarray(512))).toEqual(new Set(['a'.charCodeAt(0)]));
  });

  it('before anything was written leaves the disk as it was', () => {
    const { image } = crashStateOf(
      { image: EMPTY_IMAGE, history: EMPTY_HISTORY },
      entries,
      diskModel('posix'),
      {
        at: 0,
        lost: [],
        fill: 'zero',
      },
    );
    expect(image.inodes).toEqual(EMPTY_IMAGE.inodes);
  });
});
