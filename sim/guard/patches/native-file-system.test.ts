/** What was copied before the guard was installed: this file imports the guard, and installs it, after it has its copies. */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createFsFromVolume, Volume } from 'memfs';
import { describe, expect, it } from 'vitest';
import { type TestLife, testLife } from '../../testing/guarded-life.js';
import { installGuard } from '../guard.js';

const { existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } = fs;
const { open, writeFile } = fs.promises;
const readFileCalledBack = promisify(fs.readFile);

const guard = installGuard();
const ABSENT = '/powercut-must-never-write-this';

const lifeWithDisk = (): TestLife => {
  const life = testLife(1);
  guard.mount(life, createFsFromVolume(new Volume()));
  return life;
};

const refused = async (program: () => unknown): Promise<void> => {
  const life = lifeWithDisk();
  await expect(life.run(guard, program)).rejects.toMatchObject({
    code: 'UNCONTROLLED_EFFECT',
    message: expect.stringMatching(
      /^The real file system \(\w+\) was called at native-file-system\.test\.ts:\d+:\d+ .* import powercut\/node-fs/,
    ),
  });
  expect(life.effects).toHaveLength(1);
};

describe('installGuard: functions of node:fs that were copied before the guard was installed', () => {
  it.each<[string, () => unknown]>([
    ['writeFileSync', () => writeFileSync(ABSENT, 'x')],
    ['openSync', () => openSync(ABSENT, 'w')],
    ['mkdirSync', () => mkdirSync(ABSENT)],
    ['existsSync', () => existsSync(ABSENT)],
    ['statSync', () => statSync('/')],
    ['readFileSync', () => readFileSync('/etc/hostname', 'utf8')],
    ['promises.open', () => open(ABSENT, 'w')],
    ['promises.writeFile', () => writeFile(ABSENT, 'x')],
    ['a promisified readFile', () => readFileCalledBack('/etc/hostname')],
    ['writeSync', () => writeSync(fs.openSync('/simulated', 'w'), 'x')],
    ['fsyncSync', () => fsyncSync(fs.openSync('/simulated', 'w'))],
  ])('are refused in a life: %s', async (_name, program) => {
    await refused(program);
    expect(fs.existsSync(ABSENT)).toBe(false);
  });

  it('are refused: a handle that was opened outside', async () => {
    const handle = await open(fileURLToPath(import.meta.url));
    await refused(() => handle.stat());
    await handle.close();
  });

  it('are what they were outside of one', () => {
    expect(existsSync('/')).toBe(true);
    expect(statSync('/').isDirectory()).toBe(true);
    expect(readFileSync(new URL(import.meta.url), 'utf8')).toContain('are what they were');
  });

  it('let a program print', async () => {
    const life = lifeWithDisk();
    expect(await life.run(guard, () => writeSync(1, ''))).toBe(0);
    expect(life.effects).toEqual([]);
  });
});
