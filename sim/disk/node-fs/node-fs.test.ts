import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Writer } from 'steno';
import { describe, expect, it } from 'vitest';
import { installGuard } from '../../guard/guard.js';
import { onSimulatedDisk } from '../../guard/on-simulated-disk.js';
import { drive, type Settled, until } from '../../life/drive.js';
import { World } from '../../life/world.js';
import { freshRequire } from '../../module-graph/fresh-require.js';
import { FIRST_LIFE } from '../../run/tape.js';
import { eager } from '../../scheduler/scheduler.js';
import type { SimulatedEnvironment } from '../../suite/suite.js';

const require = createRequire(import.meta.url);

interface Lived {
  readonly settled: Settled<unknown>;
  readonly world: World;
  /** What the program asked of its disk, in order. */
  readonly operations: readonly string[];
}

const live = async (program: (env: SimulatedEnvironment) => unknown): Promise<Lived> => {
  const world = new World({ ...FIRST_LIFE, scheduling: eager() });
  const settled = await drive(
    until(world, () => onSimulatedDisk(program)(world.environment)),
    installGuard(),
  );
  return { settled, world, operations: world.steps.map(({ operation, path }) => `${operation} ${path}`) };
};

const outcomeOf = ({ settled }: Lived): unknown => (settled.status === 'fulfilled' ? settled.value : settled);

const called = (start: (done: (error: unknown, ...results: unknown[]) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) =>
    start((error, ...results) =>
      error ? reject(error) : resolve(results.length > 1 ? results : results[0]),
    ),
  );

describe('node:fs on the simulated disk', () => {
  it('is one disk in all its forms, and the one of the environment', async () => {
    const lived = await live(async (env) => {
      fs.mkdirSync('/data');
      fs.writeFileSync('/data/sync', 'a');
      await called((done) => fs.writeFile('/data/called-back', 'b', done));
      await fs.promises.writeFile('/data/promised', 'c');
      await env.fs.writeFile('/data/environment', 'd');
      return [fs.readdirSync('/data'), fs.readFileSync('/data/environment', 'utf8')];
    });
    expect(outcomeOf(lived)).toEqual([['called-back', 'environment', 'promised', 'sync'], 'd']);
    expect(lived.world.failures).toEqual([]);
  });

  it('syncs when asked to, by descriptor or with each write', async () => {
    const lived = await live(async () => {
      const fd = fs.openSync('/log', 'a');
      fs.writeSync(fd, 'x');
      fs.fsyncSync(fd);
      fs.fdatasyncSync(fd);
      await called((done) => fs.fsync(fd, done));
      fs.closeSync(fd);
      fs.writeFileSync('/flushed', 'y', { flush: true });
      fs.appendFileSync('/flushed', 'z', { flush: true });
      return fs.readFileSync('/flushed', 'utf8');
    });
    expect(outcomeOf(lived)).toBe('yz');
    expect(lived.operations.filter((step) => step.includes('sync'))).toEqual([
      'fsync /log',
      'fdatasync /log',
      'fsync /log',
      'fsync /flushed',
      'fsync /flushed',
    ]);
  });

  it('calls back as Node does: errors first, with the buffer where Node has one', async () => {
    const lived = await live(async () => {
      const missing = await called((done) => fs.stat('/missing', done)).catch((error: unknown) => error);
      const fd = await called((done) => fs.open('/file', 'w+', done));
      if (typeof fd !== 'number') return fd;
      const written = await called((done) => fs.write(fd, 'hello', 0, 'utf8', done));
      const target = Buffer.alloc(5);
      const read = await called((done) => fs.read(fd, target, 0, 5, 0, done));
      await called((done) => fs.close(fd, done));
      const exists = await new Promise((resolve) => fs.exists('/file', resolve));
      return [Reflect.get(Object(missing), 'code'), written, read, exists];
    });
    expect(outcomeOf(lived)).toEqual(['ENOENT', [5, 'hello'], [5, Buffer.from('hello')], true]);
  });

  it('streams', async () => {
    const lived = await live(async () => {
      const out = fs.createWriteStream('/stream');
      out.write('one ');
      await called((done) => out.end('two', () => done(null)));
      const chunks: string[] = [];
      for await (const chunk of fs.createReadStream('/stream', 'utf8')) chunks.push(String(chunk));
      return chunks.join('');
    });
    expect(outcomeOf(lived)).toBe('one two');
  });

  it('lets a stream write what it holds before it closes, as Node does', async () => {
    const lived = await live(async () => {
      const out = fs.createWriteStream('/stream');
      out.write('one ');
      out.write('two');
      await called((done) => out.close(done));
      return fs.readFileSync('/stream', 'utf8');
    });
    expect(outcomeOf(lived)).toBe('one two');
  });

  it('leaves a descriptor where it is when nothing is written, with O_APPEND, too', async () => {
    const lived = await live(async () => {
      const fd = fs.openSync('/grown', 'a+');
      fs.ftruncateSync(fd, 3);
      fs.writevSync(fd, [Buffer.alloc(0)]);
      const read = fs.readFileSync(fd).length;
      fs.closeSync(fd);
      return read;
    });
    expect(outcomeOf(lived)).toBe(3);
  });

  it('says of what is appended where it went: at the end, wherever the descriptor was', async () => {
    const lived = await live(async () => {
      fs.writeFileSync('/log', 'abc');
      const fd = fs.openSync('/log', 'a');
      fs.writeSync(fd, 'de');
      fs.writeSync(fd, 'f', 0);
      fs.closeSync(fd);
      return fs.readFileSync('/log', 'utf8');
    });
    expect(outcomeOf(lived)).toBe('abcdef');
    const writes = lived.world.steps.filter(({ operation }) => operation === 'write');
    expect(writes.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 3],
      [3, 2],
      [5, 1],
    ]);
  });

  it('of a life that is over changes nothing of the next one', async () => {
    let left: fs.promises.FileHandle | undefined;
    let stream: fs.WriteStream | undefined;
    const first = await live(async () => {
      left = await fs.promises.open('/a', 'w');
      stream = fs.createWriteStream('/b');
      void fs.promises.writeFile('/late', 'under way when the life ends');
    });
    expect(first.settled.status).toBe('fulfilled');
    const second = await live(async () => {
      await left?.writeFile('from the dead');
      await new Promise((resolve) => stream?.end('from the dead', () => resolve(undefined)));
      return fs.readdirSync('/');
    });
    expect(outcomeOf(second)).toEqual([]);
    expect(second.world.journal.entries).toEqual([]);
  });

  it('stands in the root, and draws temporary names from the life', async () => {
    const make = (): Promise<Lived> =>
      live(() => {
        fs.writeFileSync('relative', '');
        return [fs.realpathSync('relative'), fs.mkdtempSync('/temporary-')];
      });
    const first = outcomeOf(await make());
    expect(first).toEqual(['/relative', expect.stringMatching(/^\/temporary-.{6}$/)]);
    expect(outcomeOf(await make())).toEqual(first);
  });
});

describe('node:fs: packages from npm', () => {
  it('steno writes beside, and renames, and never syncs', async () => {
    const { settled, operations } = await live(() => new Writer('/note').write('text'));
    expect(settled.status).toBe('fulfilled');
    expect(operations).toEqual([
      'open /.note.tmp',
      'write /.note.tmp',
      'close /.note.tmp',
      'rename /.note.tmp -> /note',
    ]);
  });

  it('write-file-atomic syncs the file, and not the directory', async () => {
    const write = (): Promise<Lived> =>
      live(async () => {
        const writeFileAtomic = freshRequire(require, 'write-file-atomic');
        if (typeof writeFileAtomic !== 'function') return writeFileAtomic;
        await writeFileAtomic('/note', 'text');
        return fs.readFileSync('/note', 'utf8');
      });
    const [first, second] = [await write(), await write()];
    expect(outcomeOf(first)).toBe('text');
    expect(first.world.failures).toEqual([]);
    const names = first.operations.map((step) => step.replaceAll(/note\.\d+/g, 'note.tmp'));
    expect(names.filter((step) => /^(open|write|fsync|rename)/.test(step))).toEqual([
      'open /note.tmp',
      'write /note.tmp',
      'fsync /note.tmp',
      'rename /note.tmp -> /note',
      'open /note',
    ]);
    // Its counter of temporary names restarts in each life, as it does in each process.
    expect(second.operations).toEqual(first.operations);
  });
});
