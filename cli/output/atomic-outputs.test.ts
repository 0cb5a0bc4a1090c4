import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareOutputs } from './atomic-outputs.js';

const disk = vi.hoisted(() => ({ bytesLeft: Number.POSITIVE_INFINITY }));

// The real disk with a limited room: a full one cannot be had in a test without the rights to mount it.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (path: string, flags: string) => {
      const handle = await real.open(path, flags);
      const writeFile = handle.writeFile.bind(handle);
      handle.writeFile = async (contents) => {
        // Outputs are strings, the probe is bytes: both have a length, and all of it is ASCII here.
        disk.bytesLeft -= (contents as string | Uint8Array).length;
        if (disk.bytesLeft < 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        await writeFile(contents);
      };
      return handle;
    },
  };
});

let directory: string;

beforeEach(async () => {
  disk.bytesLeft = Number.POSITIVE_INFINITY;
  directory = await mkdtemp(join(tmpdir(), 'powercut-outputs-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('prepareOutputs', () => {
  it('on a full disk are refused before the work, and leave nothing behind', async () => {
    disk.bytesLeft = 100;
    await expect(prepareOutputs([join(directory, 'a', 'b', 'out.json')])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('the disk is full'),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('are written all or none: what was there before stays when the disk fills up on the way', async () => {
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    await writeFile(first, 'before');
    const outputs = await prepareOutputs([first, second]);
    disk.bytesLeft = 10;
    const files = new Map([
      [first, 'after'],
      [second, 'more than there is room for'],
    ]);
    await expect(outputs.write(files)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(await readFile(first, 'utf8')).toBe('before');
    expect(await readdir(directory)).toEqual(['first']);
  });

  it('replace what was there, and leave no other file', async () => {
    const path = join(directory, 'new', 'out');
    const outputs = await prepareOutputs([path]);
    await outputs.write(new Map([[path, 'one']]));
    await outputs.write(new Map([[path, 'two']]));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(directory, 'new'))).toEqual(['out']);
  });

  it('discarded take back the directories that were made, and no other', async () => {
    await mkdir(join(directory, 'mine'));
    const outputs = await prepareOutputs([join(directory, 'mine', 'a', 'b', 'out')]);
    expect(await readdir(join(directory, 'mine'))).toEqual(['a']);
    await outputs.discard();
    expect(await readdir(directory)).toEqual(['mine']);
    expect(await readdir(join(directory, 'mine'))).toEqual([]);
  });
});
