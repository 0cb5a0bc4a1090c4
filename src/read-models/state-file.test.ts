import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../environment.js';
import type { Json } from '../event-store/event.js';
import { testEnvironment } from '../testing/test-environment.js';
import { openStateFile } from './state-file.js';

const DIRECTORY = '/state';

const disk = async (): Promise<FileSystem> => {
  const { fs } = testEnvironment();
  await fs.mkdir(DIRECTORY);
  return fs;
};

const save = async (fs: FileSystem, ...values: Json[]): Promise<void> => {
  const file = await openStateFile(fs, DIRECTORY, 'model');
  for (const value of values) await file.save(value);
  await file.close();
};

const load = async (fs: FileSystem): Promise<Json | undefined> =>
  (await openStateFile(fs, DIRECTORY, 'model')).initial;

/** The same file system, with every call and every call on a file handle written down. */
const recorded = (fs: FileSystem) => {
  const calls: string[] = [];
  const spyOn = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          calls.push(String(name));
          const result: unknown = await member.apply(object, args);
          return name === 'open' ? spyOn(result as object) : result; // open resolves to a file handle
        };
      },
    });
  return { fs: spyOn(fs), calls };
};

describe('openStateFile', () => {
  it('holds nothing before the first save', async () => {
    expect(await load(await disk())).toBeUndefined();
  });

  it('holds what was saved last, also when that is shorter', async () => {
    const fs = await disk();
    for (const value of [{ long: 'x'.repeat(2000) }, 'short', null, { text: 'ä\u{1F600}\ud800' }] as const) {
      await save(fs, value);
      expect(await load(fs)).toEqual(value);
    }
  });

  it('goes on counting after it was opened again', async () => {
    const fs = await disk();
    for (let value = 1; value <= 5; value++) {
      await save(fs, value);
      expect(await load(fs)).toBe(value);
    }
  });

  it('holds the old or the new value wherever the write of the new one is torn, and goes on from there', async () => {
    const before = await disk();
    await save(before, 'first', 'second');
    const kept = await before.readFile(`${DIRECTORY}/model.1`);
    const overwritten = await before.readFile(`${DIRECTORY}/model.0`);
    await save(before, 'the third');
    const written = await before.readFile(`${DIRECTORY}/model.0`);
    for (let bytes = 0; bytes <= written.length; bytes++) {
      const fs = await disk();
      await fs.writeFile(`${DIRECTORY}/model.1`, kept);
      await fs.writeFile(
        `${DIRECTORY}/model.0`,
        Buffer.concat([written.subarray(0, bytes), overwritten.subarray(bytes)]),
      );
      expect(await load(fs)).toBe(bytes === written.length ? 'the third' : 'second');
      await save(fs, 'the fourth');
      expect(await load(fs)).toBe('the fourth');
    }
  });

  it('holds nothing when its very first save is torn, and is none the worse for it', async () => {
    const whole = await disk();
    await save(whole, 'first');
    const written = await whole.readFile(`${DIRECTORY}/model.0`);
    for (let bytes = 0; bytes < written.length; bytes++) {
      const fs = await disk();
      await fs.writeFile(`${DIRECTORY}/model.0`, written.subarray(0, bytes));
      await fs.writeFile(`${DIRECTORY}/model.1`, '');
      expect(await load(fs)).toBeUndefined();
      await save(fs, 'again');
      expect(await load(fs)).toBe('again');
    }
  });

  it('says so when both copies are damaged', async () => {
    const fs = await disk();
    await save(fs, 'first', 'second');
    for (const slot of ['0', '1']) await fs.writeFile(`${DIRECTORY}/model.${slot}`, 'rotten');
    await expect(load(fs)).rejects.toMatchObject({ code: 'STATE_FILE_CORRUPT', path: `${DIRECTORY}/model` });
  });

  it('costs two calls a save, after the first', async () => {
    const { fs, calls } = recorded(await disk());
    const file = await openStateFile(fs, DIRECTORY, 'model');
    expect(calls).toEqual(['readFile', 'readFile']);
    await file.save(1);
    expect(calls.splice(0).slice(2)).toEqual(['open', 'open', 'open', 'sync', 'close', 'write', 'datasync']);
    await file.save(2);
    await file.save(3);
    expect(calls).toEqual(['write', 'datasync', 'write', 'datasync']);
  });

  it('makes sure of what it found before it writes over the other copy', async () => {
    const plain = await disk();
    await save(plain, 1);
    const { fs, calls } = recorded(plain);
    const file = await openStateFile(fs, DIRECTORY, 'model');
    await file.save(2);
    const sure = ['open', 'open', 'write', 'datasync', 'open', 'sync', 'close'];
    expect(calls.slice(2)).toEqual([...sure, 'write', 'datasync']);
    expect(await load(plain)).toBe(2);
  });

  it('names the directory that it can not be written to, as there is none', async () => {
    const file = await openStateFile(testEnvironment().fs, DIRECTORY, 'model');
    await expect(file.save(1)).rejects.toThrow(
      `the directory ${DIRECTORY} is to hold model, and is not there`,
    );
  });

  it('refuses a save while another is under way', async () => {
    const file = await openStateFile(await disk(), DIRECTORY, 'model');
    const first = file.save(1);
    await expect(file.save(2)).rejects.toThrow('being saved');
    await first;
  });

  it('waits for a save under way when it is closed, and refuses those that come after', async () => {
    const fs = await disk();
    const { fs: slow, calls } = recorded(fs);
    const file = await openStateFile(slow, DIRECTORY, 'model');
    const saving = file.save('last');
    await file.close();
    expect(calls.slice(-4)).toEqual(['write', 'datasync', 'close', 'close']);
    await saving;
    await expect(file.save('too late')).rejects.toThrow('is closed: nothing was saved');
    expect(await load(fs)).toBe('last');
  });
});
