import fs, { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exploreProgram } from '../../testing/programs.js';
import { onSimulatedDisk } from '../on-simulated-disk.js';

const require = createRequire(import.meta.url);
/** A small file that a package brings along, and how it begins; and a large one. */
const TEXT = require.resolve('fast-check/package.json');
const BEGIN = readFileSync(TEXT).subarray(0, 4).toString('latin1');
const WASM = require.resolve('@sqlite.org/sqlite-wasm/sqlite3.wasm');
const HERE = dirname(fileURLToPath(import.meta.url));
const ASSETS = new URL('../fixtures/', import.meta.url);
const OWN = fileURLToPath(new URL('loaded-in-a-life.json', ASSETS));

/** The result of `look` in the first life of a program that does nothing else. Throws what `look` throws. */
const seenBy = async (look: () => unknown, reads: readonly (string | URL)[] = []): Promise<unknown> => {
  let seen: unknown;
  const { verdict, undecided } = await exploreProgram(
    {
      reads,
      disk: 'process-kill',
      boot: onSimulatedDisk((env) => env),
      perform: async () => {
        seen = await Promise.resolve(look)
          .then((call) => call())
          .catch(({ code }) => code);
      },
    },
    { runs: 0 },
  );
  expect([verdict, undecided]).toEqual(['holds', undefined]);
  return seen;
};

const start = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 4)).toString('latin1');
const called = (call: (done: (error: unknown, value: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

describe("onSimulatedDisk: a package's own files", () => {
  it.each<[string, () => unknown, unknown]>([
    ['at once', () => start(readFileSync(TEXT)), BEGIN],
    ['promised', async () => start(await fs.promises.readFile(TEXT)), BEGIN],
    ['called back', async () => start((await called((done) => fs.readFile(TEXT, done))) as Buffer), BEGIN],
    [
      'as a stream',
      async () => {
        for await (const chunk of createReadStream(TEXT, { end: 3 })) return start(chunk);
        return 'nothing';
      },
      BEGIN,
    ],
    [
      'by descriptor',
      () => {
        const fd = fs.openSync(TEXT, 'r');
        const bytes = Buffer.alloc(4);
        fs.readSync(fd, bytes);
        const isFile = fs.fstatSync(fd).isFile();
        fs.closeSync(fd);
        return [start(bytes), isFile];
      },
      [BEGIN, true],
    ],
    [
      'by handle',
      async () => {
        const handle = await fs.promises.open(TEXT);
        const { size } = await handle.stat();
        await handle.close();
        return size > 100;
      },
      true,
    ],
    ['by its real path', () => fs.realpathSync(TEXT) === TEXT && fs.realpathSync.native(TEXT) === TEXT, true],
    ['by a path that goes up', () => start(readFileSync(`${dirname(TEXT)}/lib/../package.json`)), BEGIN],
    ['large', () => start(readFileSync(WASM)), '\u0000asm'],
    [
      'by looking',
      () => [fs.existsSync(TEXT), fs.statSync(TEXT).isFile(), fs.existsSync(`${TEXT}.missing`)],
      [true, true, false],
    ],
    ['by listing', () => fs.readdirSync(dirname(TEXT)).includes('package.json'), true],
    [
      'copied to its disk',
      () => {
        fs.copyFileSync(TEXT, '/copy');
        return start(readFileSync('/copy'));
      },
      BEGIN,
    ],
  ])('are there: %s', async (_form, look, seen) => {
    expect(await seenBy(look)).toEqual(seen);
  });

  it.each<[string, () => unknown]>([
    ['written', () => fs.writeFileSync(TEXT, '')],
    ['written by promise', () => fs.promises.writeFile(TEXT, '')],
    ['written by callback', () => called((done) => fs.writeFile(TEXT, '', done as () => void))],
    ['opened to write', () => fs.openSync(TEXT, 'r+')],
    ['removed', () => fs.unlinkSync(TEXT)],
    ['renamed', () => fs.renameSync(TEXT, '/elsewhere')],
    ['replaced', () => fs.renameSync('/elsewhere', TEXT)],
    ['joined by others', () => fs.mkdirSync(join(dirname(TEXT), 'new'))],
  ])('can not be %s: EROFS', async (_what, write) => {
    expect(await seenBy(write)).toBe('EROFS');
    expect(readFileSync(TEXT).length).toBeGreaterThan(100);
  });

  it('are no part of what a power cut may take, and cost no step', async () => {
    const looking = await exploreProgram({
      boot: onSimulatedDisk((env) => env),
      perform: ({ fs: own }) => {
        readFileSync(TEXT);
        return own.writeFile('/a', 'x');
      },
    });
    const blind = await exploreProgram({ perform: ({ fs: own }) => own.writeFile('/a', 'x') });
    expect(looking.digest).toBe(blind.digest);
  });
});

describe('onSimulatedDisk: files that no other program has', () => {
  const readOwn = (): unknown => JSON.parse(readFileSync(OWN, 'utf8'));

  it.each([
    ['a directory by URL', [ASSETS]],
    ['a file by path', [OWN]],
  ])('are there where the suite names %s', async (_what, reads) => {
    expect(await seenBy(readOwn, reads)).toEqual({ from: 'the real disk' });
  });

  it('are not there where it does not', async () => {
    expect(await seenBy(readOwn)).toBe('ENOENT');
    expect(await seenBy(readOwn, [join(HERE, '../fixture')])).toBe('ENOENT');
  });

  it("are the simulated disk's below a package that is not installed", async () => {
    const path = '/node_modules/not-installed/cache';
    const write = (): unknown => {
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.writeFileSync(path, 'kept');
      return readFileSync(path, 'utf8');
    };
    expect(await seenBy(write)).toBe('kept');
  });
});
