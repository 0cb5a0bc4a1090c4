import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportedEntry } from '../../sim/replay/exported-disk.js';
import { checkExportDirectory, exportDisk } from './export-disk.js';

const isWindows = process.platform === 'win32';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'powercut-export-'));
});

afterEach(async () => {
  await rm(base, { recursive: true });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const file = (path: string, text = 'x', mode = 0o100644): ExportedEntry => ({
  kind: 'file',
  path,
  mode,
  size: text.length,
  runs: text === '' ? [] : [{ at: 0, bytes: bytes(text) }],
});

const directory = (path: string, mode = 0o40755): ExportedEntry => ({ kind: 'directory', path, mode });

const link = (path: string, target: string): ExportedEntry => ({ kind: 'symlink', path, target });

const write = (entries: readonly ExportedEntry[], platform?: NodeJS.Platform): Promise<string> =>
  exportDisk({ life: 2, entries }, 'out', base, platform);

describe('exportDisk', () => {
  it('writes files, holes, directories and further names, and says so', async () => {
    const hole: ExportedEntry = {
      kind: 'file',
      path: '/data/hole',
      mode: 0o100600,
      size: 5000,
      runs: [{ at: 1024, bytes: bytes('in the middle') }],
    };
    const told = await write([
      directory('/data'),
      file('/data/a', 'text'),
      hole,
      { kind: 'link', path: '/z', to: '/data/a' },
      file('/empty', ''),
    ]);
    expect(told).toBe(
      [
        'The disk that life 2 starts with is in out: 3 files, 1 further name, 1 directory.',
        '  /data/a (4 bytes)',
        '  /data/hole (5,000 bytes)',
        '  /z (the same file as /data/a)',
        '  /empty (empty)',
        '',
      ].join('\n'),
    );
    expect(await readFile(join(base, 'out/data/a'), 'utf8')).toBe('text');
    expect((await stat(join(base, 'out/z'))).ino).toBe((await stat(join(base, 'out/data/a'))).ino);
    const found = await readFile(join(base, 'out/data/hole'));
    expect(found.length).toBe(5000);
    expect(found.subarray(1024, 1037).toString()).toBe('in the middle');
    expect(found.subarray(0, 1024).every((byte) => byte === 0)).toBe(true);
  });

  it('writes into an empty directory, and into no other', async () => {
    await mkdir(join(base, 'out'));
    await write([file('/a')]);
    expect(await readdir(join(base, 'out'))).toEqual(['a']);
    await expect(write([file('/b')])).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(await readdir(join(base, 'out'))).toEqual(['a']);
    await writeFile(join(base, 'file'), '');
    await expect(checkExportDirectory(join(base, 'file'))).rejects.toThrow('it is not a directory');
  });

  it.skipIf(isWindows)('does not follow a link in the place of the directory', async () => {
    await mkdir(join(base, 'elsewhere'));
    await symlink('elsewhere', join(base, 'out'));
    await expect(write([file('/a')])).rejects.toThrow('it is a symbolic link');
    expect(await readdir(join(base, 'elsewhere'))).toEqual([]);
  });

  it.each([
    ['a name that leads up', [file('/../evil')]],
    ['a name that is a dot', [directory('/.')]],
    ['a path that leads up further down', [directory('/d'), directory('/d/..'), file('/d/../evil')]],
    ['a name without a slash', [file('evil')]],
    ['an empty name', [file('/')]],
    ['a name with a zero byte', [file('/a\0b')]],
    ['a file in a directory that is missing', [file('/d/evil')]],
    ['a file in a file', [file('/d'), file('/d/evil')]],
    ['a file behind a link', [link('/d', '..'), file('/d/evil')]],
    ['a name twice', [link('/a', '/etc/passwd'), file('/a')]],
    [
      'a further name of a link',
      [link('/a', '/etc/passwd'), { kind: 'link', path: '/b', to: '/a' } as const],
    ],
    ['a further name of what is outside', [{ kind: 'link', path: '/b', to: '/../secret' } as const]],
    ['a file larger than all', [{ ...file('/a'), size: 2 ** 40 } as ExportedEntry]],
    ['a file of no size', [{ ...file('/a'), size: Number.NaN } as ExportedEntry]],
  ])('refuses %s, and writes nothing', async (_what, entries) => {
    await expect(write([file('/first'), ...entries])).rejects.toMatchObject({ code: 'EXPORT_IMPOSSIBLE' });
    expect(await readdir(base)).toEqual([]);
  });

  it.each(['/a\\b', '/C:', '/a:stream', '/NUL', '/com1.txt', '/dot.', '/space '])(
    'refuses %s on Windows, and nowhere else',
    async (path) => {
      await expect(write([file(path)], 'win32')).rejects.toMatchObject({ code: 'EXPORT_IMPOSSIBLE' });
      if (!isWindows) expect(await write([file(path)], 'linux')).toContain('1 file.');
    },
  );

  it.skipIf(isWindows)(
    'writes links so that they lead to the same place of the disk, never outside',
    async () => {
      const told = await write([
        directory('/d'),
        directory('/d/e'),
        file('/d/e/text', 'found'),
        link('/absolute', '/d/e/text'),
        link('/up', '../../../d/e/text'),
        link('/root', '/'),
        link('/d/through', '/root/../../d/e/../e/text'),
        link('/d/dangling', '/etc/passwd'),
        link('/missing', '/nothing'),
        link('/loop', '/loop/x'),
      ]);
      const at = (path: string): string => join(base, 'out', path);
      for (const name of ['absolute', 'up', 'd/through'])
        expect(await readFile(at(name), 'utf8')).toBe('found');
      expect(await readlink(at('root'))).toBe('.');
      expect(await readlink(at('missing'))).toBe('nothing');
      await expect(lstat(at('d/dangling'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(lstat(at('loop'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(told).toContain(
        'left out, as it leads to no place on the disk: /d/dangling (symbolic link to /etc/passwd)',
      );
    },
  );

  it.skipIf(isWindows)(
    'grants nothing beyond read, write and execute, and lets the owner delete it',
    async () => {
      await write([directory('/d', 0o41000), file('/d/a', 'x', 0o104000), file('/b', 'x', 0o106755)]);
      const modeOf = async (path: string): Promise<number> =>
        (await stat(join(base, 'out', path))).mode & 0o7777;
      expect(await modeOf('d')).toBe(0o700);
      expect(await modeOf('d/a')).toBe(0o600);
      expect((await modeOf('b')) & 0o7000).toBe(0);
    },
  );

  it('removes what it wrote if the rest can not be written', async () => {
    const long = `/${'n'.repeat(300)}`;
    await expect(write([directory('/d'), file('/d/a'), file(long)])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    expect(await readdir(base)).toEqual([]);
  });

  it('prints names as text', async () => {
    if (isWindows) return;
    const told = await write([file('/a\n\u001b[31m')]);
    expect(told).not.toContain('\u001b');
    expect(told.trimEnd().split('\n')).toHaveLength(2);
  });
});
