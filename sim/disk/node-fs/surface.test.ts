/**
 * Every function that `node:fs` exports is either simulated, in each of its forms, or refused with an error that says so.
 * None is let through to the real disk, and none fails as a program's mistake would.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_NODE_20 } from '../../testing/differential/differences.js';
import { live } from '../../testing/live.js';

type Call = (...args: unknown[]) => unknown;

/** What a life refuses to do, and why no simulation of it is wanted. */
const REFUSED: Readonly<Record<string, string>> = {
  openAsBlob: 'what it gives is read by the runtime itself, past every function of node:fs',
  openAsBlobSync: 'as openAsBlob',
  glob: 'newer than the oldest Node that we run on, and the patterns of memfs are not those of Node',
  globSync: 'as glob',
};

/** Classes and helpers that touch no disk, and what no Linux has. */
/** Those have tests of their own: what they call back with is no answer but what happens later. */
const WATCHERS = ['watch', 'watchFile', 'unwatchFile'];
const NO_CALLS = new Set([...WATCHERS, 'lchmod', 'Dirent', 'Stats', 'Dir', 'Utf8Stream', '_toUnixTimestamp']);

/** Arguments with which each function succeeds, by the name of its promised form. `fd` is an open file's. */
const argumentsOf = (fd: number): Readonly<Record<string, readonly unknown[]>> => ({
  access: ['/file'],
  appendFile: ['/file', 'x'],
  chmod: ['/file', 0o600],
  chown: ['/file', 0, 0],
  close: [fd],
  copyFile: ['/file', '/copy'],
  cp: ['/file', '/copy'],
  exists: ['/file'],
  fchmod: [fd, 0o600],
  fchown: [fd, 0, 0],
  fdatasync: [fd],
  fstat: [fd],
  fsync: [fd],
  ftruncate: [fd, 3],
  futimes: [fd, 1, 2],
  lchown: ['/file', 0, 0],
  link: ['/file', '/linked'],
  lstat: ['/file'],
  lutimes: ['/file', 1, 2],
  mkdir: ['/made'],
  mkdtemp: ['/temporary-'],
  mkdtempDisposable: ['/temporary-'],
  open: ['/file', 'r'],
  opendir: ['/directory'],
  read: [fd, Buffer.alloc(3), 0, 3, 0],
  readFile: ['/file'],
  readdir: ['/directory'],
  readlink: ['/symbolic'],
  readv: [fd, [Buffer.alloc(2)], 0],
  realpath: ['/symbolic'],
  rename: ['/renamed-from', '/renamed-to'],
  rm: ['/removed'],
  rmdir: ['/removed-directory'],
  stat: ['/file'],
  statfs: ['/'],
  symlink: ['/file', '/symbolic-2'],
  truncate: ['/file', 2],
  unlink: ['/unlinked'],
  utimes: ['/file', 1, 2],
  write: [fd, Buffer.from('abc'), 0, 3, 0],
  writeFile: ['/file', 'text'],
  writev: [fd, [Buffer.from('x')], 0],
});

const prepare = (): number => {
  for (const path of ['/file', '/renamed-from', '/removed', '/unlinked'])
    fs.writeFileSync(path, 'what is in it');
  for (const path of ['/directory', '/removed-directory']) fs.mkdirSync(path);
  fs.writeFileSync('/directory/a', '');
  fs.symlinkSync('/file', '/symbolic');
  return fs.openSync('/file', 'r+');
};

const functionsOf = (owner: object): readonly string[] =>
  Object.keys(owner)
    .filter((name) => typeof Reflect.get(owner, name) === 'function' && !NO_CALLS.has(name))
    .sort();

const isStream = (name: string): boolean =>
  /^(File)?(Read|Write)Stream$|^create(Read|Write)Stream$/.test(name);

const invoke = (owner: object, name: string, args: readonly unknown[]): unknown =>
  Reflect.apply(Reflect.get(owner, name) as Call, owner, args); // functionsOf has seen that it is one

const calledBack = (name: string, args: readonly unknown[]): Promise<void> =>
  new Promise((resolve, reject) => {
    invoke(fs, name, [
      ...args,
      (error: unknown) => (typeof error === 'object' && error !== null ? reject(error) : resolve()),
    ]);
  });

const argumentsFor = (base: string): readonly unknown[] => {
  const args = argumentsOf(prepare())[base];
  if (args === undefined) throw new Error(`nobody says yet what becomes of ${base}`);
  return args;
};

const real = functionsOf(fs).filter((name) => !isStream(name));

describe('node:fs: each name in a life', () => {
  it.each(real.filter((name) => !(name in REFUSED)))('simulates %s', async (name) => {
    const isSync = name.endsWith('Sync');
    const lived = await live(async () => {
      const args = argumentsFor(isSync ? name.slice(0, -4) : name);
      if (isSync) invoke(fs, name, args);
      else await calledBack(name, args);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
  });

  it.each(functionsOf(fs.promises).filter((name) => !(name in REFUSED)))(
    'simulates promises.%s',
    async (name) => {
      const lived = await live(async () => invoke(fs.promises, name, argumentsFor(name)));
      expect(lived).toEqual({ error: undefined, failures: [] });
    },
  );

  it.each(functionsOf(fs).filter((name) => isStream(name)))('simulates %s', async (name) => {
    const lived = await live(async () => {
      prepare();
      const stream = invoke(fs, name, ['/file']);
      if (/Write/.test(name)) await new Promise((resolve) => invoke(Object(stream), 'end', ['x', resolve]));
      else for await (const _ of stream as AsyncIterable<unknown>); // a stream to read from
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
  });

  const refused = [
    ...real.filter((name) => name in REFUSED).map((name) => ['fs', name] as const),
    ...functionsOf(fs.promises)
      .filter((name) => name in REFUSED)
      .map((name) => ['fs.promises', name] as const),
  ];
  it.each(refused)('refuses %s.%s, and says so', async (owner, name) => {
    const { error, failures } = await live(async () =>
      invoke(owner === 'fs' ? fs : fs.promises, name, ['/file', () => {}]),
    );
    expect(error).toMatchObject({ code: 'UNCONTROLLED_EFFECT' });
    expect(failures).toEqual([expect.stringContaining(`${owner}.${name}`)]);
  });

  it('has every method of a FileHandle', async () => {
    const handle = await fs.promises.open(new URL(import.meta.url), 'r');
    const wanted = Object.getOwnPropertyNames(Object.getPrototypeOf(handle));
    await handle.close();
    // What only Node's own inner workings ask for.
    const inner = new Set(['constructor', 'getAsyncId', 'handle']);
    const missing: string[] = [];
    await live(async () => {
      prepare();
      const simulated = await fs.promises.open('/file', 'r');
      missing.push(...wanted.filter((name) => !inner.has(name) && !(name in simulated)));
    });
    expect(missing).toEqual([]);
  });

  // Not among the random programs: with two links that lead up, a listing has no end.
  it('lists recursively what Node lists: names through links, in circles too; entries with types past them', async () => {
    const list = async (root: string): Promise<unknown[]> => {
      fs.mkdirSync(`${root}/a/b`, { recursive: true });
      fs.writeFileSync(`${root}/a/b/file`, '');
      for (const [target, path] of [
        ['a/b', 'to-b'],
        ['a/b/file', 'to-file'],
        ['nowhere', 'to-nothing'],
        ['..', 'a/b/circle'],
      ])
        fs.symlinkSync(String(target), `${root}/${path}`);
      const lists: unknown[] = [];
      const named = { recursive: true } as const;
      const typed = { recursive: true, withFileTypes: true } as const;
      for (const names of [fs.readdirSync(root, named), await fs.promises.readdir(root, named)])
        lists.push([...names].sort());
      // Later ones do it in two ways: see the deliberate differences.
      const synchronous = IS_NODE_20 ? [fs.readdirSync(root, typed)] : [];
      for (const entries of [...synchronous, await fs.promises.readdir(root, typed)])
        lists.push(entries.map(({ parentPath, name }) => `${parentPath.slice(root.length)}/${name}`).sort());
      return lists;
    };
    const real = fs.mkdtempSync(join(tmpdir(), 'powercut-listing-'));
    const expected = await list(real);
    fs.rmSync(real, { recursive: true });
    let found: unknown;
    const lived = await live(async () => {
      found = await list('/listed');
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(found).toEqual(expected);
    expect(expected.flat().length).toBeGreaterThan(150);
  });

  it('leaves no trace on the real disk', async () => {
    await live(() => prepare());
    for (const path of ['/file', '/renamed-from', '/directory', '/symbolic'])
      expect(fs.existsSync(path)).toBe(false);
  });
});

describe('AbortSignal: a call that is aborted', () => {
  it('is not begun, and ends between two writes, as in Node', async () => {
    const run = async (root: string): Promise<unknown[]> => {
      const told: unknown[] = [];
      const note = (what: Promise<unknown>): Promise<void> =>
        what.then(
          () => void told.push('done'),
          (error: unknown) =>
            void told.push([Reflect.get(Object(error), 'name'), Reflect.get(Object(error), 'code')]),
        );
      await note(fs.promises.writeFile(`${root}/a`, 'text', new AbortController()));
      const off = new AbortController();
      off.abort();
      await note(fs.promises.writeFile(`${root}/b`, 'text', off));
      await note(fs.promises.appendFile(`${root}/a`, 'text', Object(off)));
      await note(fs.promises.readFile(`${root}/a`, off));
      await note(
        new Promise((resolve, reject) =>
          fs.readFile(`${root}/a`, off, (error) => (error ? reject(error) : resolve(0))),
        ),
      );
      const halfway = new AbortController();
      const parts = async function* () {
        yield 'one';
        halfway.abort();
        yield 'two';
      };
      await note(fs.promises.writeFile(`${root}/c`, parts(), halfway));
      told.push(fs.readdirSync(root), fs.readFileSync(`${root}/c`, 'utf8'));
      return told;
    };
    const real = fs.mkdtempSync(join(tmpdir(), 'powercut-aborted-'));
    const expected = await run(real);
    fs.rmSync(real, { recursive: true });
    let found: unknown;
    const lived = await live(async () => {
      fs.mkdirSync('/d');
      found = await run('/d');
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(found).toEqual(expected);
    expect(expected).toContainEqual(['AbortError', 'ABORT_ERR']);
  });
});

describe('FileHandle', () => {
  it('reads lines, and streams for the web', async () => {
    let read: unknown;
    const lived = await live(async () => {
      fs.writeFileSync('/lines', 'one\ntwo\n');
      const lines: string[] = [];
      const first = await fs.promises.open('/lines', 'r');
      for await (const line of first.readLines()) lines.push(line);
      const second = await fs.promises.open('/lines', 'r');
      const bytes: Uint8Array[] = [];
      for await (const chunk of second.readableWebStream()) bytes.push(chunk as Uint8Array); // of a file
      await second.close();
      read = [lines, Buffer.concat(bytes).toString()];
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(read).toEqual([['one', 'two'], 'one\ntwo\n']);
  });

  it('is closed once and for all: its number may by then be another file', async () => {
    let said: unknown;
    await live(async () => {
      const first = await fs.promises.open('/first', 'w');
      await first.close();
      const second = await fs.promises.open('/second', 'w');
      const error = await first.write('astray').catch((thrown: unknown) => thrown);
      await first.close();
      await second.write('in place');
      said = [first.fd, Reflect.get(Object(error), 'code'), fs.readFileSync('/second', 'utf8')];
    });
    expect(said).toEqual([-1, 'EBADF', 'in place']);
  });
});
