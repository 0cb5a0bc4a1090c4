import fs, { readFileSync } from 'node:fs';
import fsPromises, { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { createFsFromVolume, Volume } from 'memfs';
import { describe, expect, it } from 'vitest';
import { BIRTH_MS, type TestLife, testLife } from '../../testing/guarded-life.js';
import { installGuard } from '../guard.js';

const guard = installGuard();
const lifeOn = (fs: object): TestLife => {
  const life = testLife(1);
  guard.mount(life, fs);
  return life;
};
const require = createRequire(import.meta.url);
const disk = (): ReturnType<typeof createFsFromVolume> =>
  createFsFromVolume(Volume.fromJSON({ '/greeting': 'hello' }));

describe('installGuard: node:fs in a life that carries a disk', () => {
  it('is that disk: synchronous, called back, promised, by name and by default', async () => {
    const simulated = disk();
    const life = lifeOn(simulated);
    const seen = await life.run(guard, async () => {
      fs.writeFileSync('/a', 'sync');
      await promisify(fs.writeFile)('/b', 'called back');
      await writeFile('/c', 'by name');
      await fs.promises.writeFile('/d', 'promised');
      await fsPromises.writeFile('/e', 'by default');
      return [readFileSync('/greeting', 'utf8'), fs.readdirSync('/')];
    });
    expect(seen).toEqual(['hello', ['a', 'b', 'c', 'd', 'e', 'greeting']]);
    expect(simulated.readFileSync('/b', 'utf8')).toBe('called back');
    expect(fs.existsSync('/greeting')).toBe(false);
    expect(life.effects).toEqual([]);
  });

  it('gives handles and descriptors of that disk', async () => {
    const simulated = disk();
    const size = await lifeOn(simulated).run(guard, async () => {
      const handle = await fsPromises.open('/journal', 'a');
      await handle.write('entry');
      await handle.sync();
      await handle.close();
      const descriptor = fs.openSync('/journal', 'r');
      const { size } = fs.fstatSync(descriptor);
      fs.closeSync(descriptor);
      return size;
    });
    expect(size).toBe(5);
  });

  it('gives streams of that disk', async () => {
    const text = await lifeOn(disk()).run(guard, async () => {
      const chunks: string[] = [];
      for await (const chunk of fs.createReadStream('/greeting', 'utf8')) chunks.push(String(chunk));
      return chunks.join('');
    });
    expect(text).toBe('hello');
  });

  it('resolves real paths on that disk', async () => {
    const seen = await lifeOn(disk()).run(guard, () => [
      fs.realpathSync('/greeting'),
      fs.realpathSync.native('/greeting'),
    ]);
    expect(seen).toEqual(['/greeting', '/greeting']);
  });

  it('reports what the disk has no function for', async () => {
    const life = lifeOn({ readFileSync: () => 'all there is' });
    await expect(life.run(guard, () => fs.statSync('/'))).rejects.toMatchObject({
      code: 'UNCONTROLLED_EFFECT',
    });
    await expect(life.run(guard, () => fsPromises.stat('/'))).rejects.toThrow(
      'fs.promises.stat was called at',
    );
    expect(life.effects.map(({ what }) => what)).toEqual(['fs.statSync', 'fs.promises.stat']);
  });

  it('refuses openAsBlob: the runtime would read the real disk', async () => {
    await expect(lifeOn(disk()).run(guard, () => fs.openAsBlob('/greeting'))).rejects.toThrow(
      'fs.openAsBlob',
    );
  });
});

describe('installGuard: the module loader in a life', () => {
  it('reads code from the real disk, while the code reads the simulated one', async () => {
    const life = lifeOn(disk());
    const loaded = await life.run(guard, () => require('../fixtures/loaded-in-a-life.cjs'));
    expect(loaded).toEqual({ data: { from: 'the real disk' }, own: false, file: 'hello', time: BIRTH_MS });
    expect(life.effects).toEqual([]);
  });

  it('says of a module that is not there what it always says', async () => {
    await expect(
      lifeOn(disk()).run(guard, () => require(['.', 'no-such.cjs'].join('/'))),
    ).rejects.toMatchObject({
      code: 'MODULE_NOT_FOUND',
    });
  });
});
