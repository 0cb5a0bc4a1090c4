import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { World } from '../../life/world.js';
import { eager } from '../../scheduler/scheduler.js';
import { checkFaultPlan, type FaultPlan } from '../../suite/fault-plan.js';
import { EMPTY_HISTORY } from '../../suite/history.js';
import type { DiskModelName } from '../../suite/suite.js';
import { type DiskImage, EMPTY_IMAGE, fileBytes, ROOT_INO } from '../crash-model/disk-image.js';
import { diskModel } from '../crash-model/disk-models.js';
import { Frontier } from '../crash-model/durability.js';
import { legalSurvivals } from '../crash-model/legal-losses.js';
import { SECTOR_BYTES } from '../crash-model/sector.js';

const worldWith = (plans: readonly FaultPlan[], disk: DiskModelName = 'posix', image = EMPTY_IMAGE): World =>
  new World({
    image,
    history: EMPTY_HISTORY,
    scheduling: eager(),
    faults: { plans, model: diskModel(disk) },
  });

/** The disk with all that a life wrote, but for what can never reach it. */
const diskOf = (world: World, disk: DiskModelName = 'posix'): DiskImage => {
  const frontier = new Frontier({ image: EMPTY_IMAGE, history: EMPTY_HISTORY }, diskModel(disk));
  for (const entry of world.journal.entries) frontier.pass(entry);
  const state = frontier.state(0, { lost: [], fill: 'zero' });
  if (state === undefined) throw new Error('Filling with zeros always gives an image.');
  return state.image;
};

const textOf = (image: DiskImage, name: string): string | undefined => {
  const root = image.inodes.get(ROOT_INO);
  const inode = root?.kind === 'directory' ? image.inodes.get(root.entries.get(name) ?? -1) : undefined;
  return inode?.kind === 'file' ? Buffer.from(fileBytes(inode)).toString() : undefined;
};

/** What a power cut now may leave of a file: each text once; undefined where its name is lost. */
const textsAfterCut = (world: World, disk: DiskModelName, name: string): (string | undefined)[] => {
  const model = diskModel(disk);
  const frontier = new Frontier({ image: EMPTY_IMAGE, history: EMPTY_HISTORY }, model);
  for (const entry of world.journal.entries) frontier.pass(entry);
  const { survivals } = legalSurvivals(frontier.volatile, model, undefined, 64, () => 0);
  const texts = survivals.flatMap((survival) => {
    const image = frontier.state(0, survival)?.image;
    return image === undefined ? [] : [textOf(image, name)];
  });
  return [...new Set(texts)].sort();
};

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('FaultInjector: a planned fault', () => {
  it('fails a call that then has done nothing', async () => {
    const { environment, faults } = worldWith([
      { fault: 'error-before', at: { operation: 'write' }, code: 'ENOSPC' },
    ]);
    const file = await environment.fs.open('/a', 'w');
    expect(await code(file.write('one'))).toBe('ENOSPC');
    expect(await code(file.write('two'))).toBe('done');
    expect(await environment.fs.readFile('/a', 'utf8')).toBe('two');
    expect(faults?.fired).toEqual([1]);
  });

  it('fails a call that has taken effect', async () => {
    const { environment } = worldWith([{ fault: 'error-after', at: { operation: 'rename' } }]);
    await environment.fs.writeFile('/a', 'x');
    expect(await code(environment.fs.rename('/a', '/b'))).toBe('EIO');
    expect(await environment.fs.readdir('/')).toEqual(['b']);
  });

  it('is one step like any other, and the step says what it was', async () => {
    const world = worldWith([{ fault: 'error-before', at: { operation: 'unlink' } }]);
    await world.environment.fs.writeFile('/a', 'x');
    await code(world.environment.fs.unlink('/a'));
    expect(world.steps.at(-1)).toMatchObject({ operation: 'unlink', result: 'EIO', fault: 'error-before' });
    expect(world.steps.filter(({ fault }) => fault !== undefined)).toHaveLength(1);
  });

  it('brings half of what a read asks for, and readFile asks again', async () => {
    const { environment, faults } = worldWith([
      { fault: 'short-read', at: { nth: 1 } },
      { fault: 'short-read', at: { nth: 2 } },
    ]);
    await environment.fs.writeFile('/a', 'abcdefgh');
    const file = await environment.fs.open('/a', 'r');
    expect((await file.read(Buffer.alloc(100), 0, 100, 0)).bytesRead).toBe(4);
    await file.close();
    expect(await environment.fs.readFile('/a', 'utf8')).toBe('abcdefgh');
    expect(faults?.fired).toEqual([1, 1]);
  });

  it('takes half of what a write gives, and writeFile gives again', async () => {
    const { environment } = worldWith([{ fault: 'short-write' }]);
    const file = await environment.fs.open('/a', 'w');
    expect((await file.write('abcdefgh')).bytesWritten).toBe(4);
    await file.close();
    const again = worldWith([{ fault: 'short-write' }]).environment.fs;
    await again.writeFile('/a', 'abcdefgh');
    expect(await again.readFile('/a', 'utf8')).toBe('abcdefgh');
  });

  it('lets a bit rot, in what is read and on the disk', async () => {
    const world = worldWith([{ fault: 'bit-rot', at: { path: '/a' } }]);
    await world.environment.fs.writeFile('/a', 'aaaa', { flush: true });
    const read = await world.environment.fs.readFile('/a', 'utf8');
    expect(read).not.toBe('aaaa');
    expect(read.slice(1)).toBe('aaa');
    expect(await world.environment.fs.readFile('/a', 'utf8')).toBe(read);
    expect(textOf(diskOf(world), 'a')).toBe(read);
  });

  it('loses a write that memory and fsync know nothing of', async () => {
    const world = worldWith([{ fault: 'lost-write', at: { nth: 2 } }]);
    const file = await world.environment.fs.open('/a', 'w');
    await file.write('first');
    await file.write('SECOND', 0);
    await file.sync();
    expect(await world.environment.fs.readFile('/a', 'utf8')).toBe('SECOND');
    expect(textOf(diskOf(world), 'a')).toBe('first\0');
  });

  it('misdirects a write to the neighbouring sector', async () => {
    const world = worldWith([{ fault: 'misdirected-write', at: { nth: 2 } }]);
    const file = await world.environment.fs.open('/a', 'w');
    await file.write('a'.repeat(512) + 'b'.repeat(512));
    await file.write('c'.repeat(512), 512);
    await file.sync();
    expect(await world.environment.fs.readFile('/a', 'utf8')).toBe('a'.repeat(512) + 'c'.repeat(512));
    expect(textOf(diskOf(world), 'a')).toBe('c'.repeat(512) + 'b'.repeat(512));
  });

  it('makes a call return late, though it takes effect at once', async () => {
    const { environment, clock } = worldWith([{ fault: 'delay', at: { operation: 'mkdir' }, delayMs: 250 }]);
    const began = clock.now();
    let done = false;
    const made = environment.fs.mkdir('/d').then(() => {
      done = true;
    });
    expect(await environment.fs.readdir('/')).toEqual(['d']);
    expect(done).toBe(false);
    clock.fireNext(began + 1000);
    await made;
    expect(clock.now() - began).toBe(250);
  });
});

describe('FaultInjector: a failed fsync', () => {
  const plan: FaultPlan = { fault: 'failed-sync' };

  it.each<[DiskModelName, string]>([
    ['posix', 'new'],
    ['ext4-nodelalloc', 'new'],
    ['btrfs-like', 'old'],
  ])('under %s leaves %j in memory; a second one succeeds, and the data is gone', async (disk, inMemory) => {
    const world = worldWith([{ ...plan, at: { nth: 2 } }], disk);
    const { fs } = world.environment;
    const file = await fs.open('/a', 'w');
    await file.write('old');
    await file.sync();
    await file.write('new', 0);
    expect(await code(file.sync())).toBe('EIO');
    expect(await code(file.sync())).toBe('done');
    expect(await fs.readFile('/a', 'utf8')).toBe(inMemory);
    expect(textOf(diskOf(world, disk), 'a')).toBe('old');
  });

  it.each<[DiskModelName, string[]]>([
    ['posix', ['old bytes', 'zeros']],
    ['ext4-writeback', ['old bytes', 'zeros']],
    ['ext4-nodelalloc', ['zeros']],
    ['btrfs-like', ['not even a size']],
  ])('under %s leaves a new block, once its size is durable, with %j', async (disk, expected) => {
    const world = worldWith([{ ...plan, at: { path: '/a' } }], disk);
    const { fs } = world.environment;
    const file = await fs.open('/a', 'w');
    const root = await fs.open('/', 'r');
    await root.sync();
    await file.write('x'.repeat(SECTOR_BYTES));
    expect(await code(file.sync())).toBe('EIO');
    expect(await code(file.sync())).toBe('done');
    const found = textsAfterCut(world, disk, 'a').flatMap((text) => {
      if (text === undefined) return [];
      if (text === '') return ['not even a size'];
      return [text === '\0'.repeat(SECTOR_BYTES) ? 'zeros' : 'old bytes'];
    });
    expect(found.sort()).toEqual(expected);
  });

  it('loses nothing when only the process dies: the bytes are in memory, and stay there', async () => {
    const world = worldWith([plan], 'process-kill');
    const file = await world.environment.fs.open('/a', 'w');
    await file.write('text');
    expect(await code(file.sync())).toBe('EIO');
    expect(textOf(diskOf(world, 'process-kill'), 'a')).toBe('text');
  });

  it('is told once to every descriptor that was open, and to none opened later', async () => {
    const { fs } = worldWith([plan]).environment;
    const one = await fs.open('/a', 'w');
    const other = await fs.open('/a', 'r');
    const unrelated = await fs.open('/b', 'w');
    await one.write('x');
    expect(await code(one.sync())).toBe('EIO');
    const later = await fs.open('/a', 'r');
    expect(await code(later.sync())).toBe('done');
    expect(await code(unrelated.sync())).toBe('done');
    expect(await code(other.datasync())).toBe('EIO');
    expect(await code(other.datasync())).toBe('done');
    expect(await code(one.sync())).toBe('done');
  });

  it('may be that of a write that is durable when it returns, and of no other write', async () => {
    const world = worldWith([{ ...plan, at: { operation: 'write', nth: 2 } }]);
    const { fs, writeThrough } = world.environment;
    const other = await fs.open('/b', 'w');
    const file = await fs.open('/a', writeThrough?.create);
    await file.write('old', 0);
    await other.write('xxx', 0);
    expect(await code(file.write('new', 0))).toBe('EIO');
    expect(await fs.readFile('/a', 'utf8')).toBe('new');
    expect(await code(file.datasync())).toBe('done');
    expect(textOf(diskOf(world), 'a')).toBe('old');
  });

  it('takes nothing back that is written afterwards', async () => {
    const world = worldWith([plan]);
    const file = await world.environment.fs.open('/a', 'w');
    await file.write('x'.repeat(512));
    await code(file.sync());
    await file.write('y'.repeat(512));
    await file.sync();
    expect(textOf(diskOf(world), 'a')).toBe('\0'.repeat(512) + 'y'.repeat(512));
  });
});

describe('FaultSelector', () => {
  const struck = async (plan: FaultPlan): Promise<number[]> => {
    const world = worldWith([plan]);
    const { fs } = world.environment;
    await fs.mkdir('/data/logs', { recursive: true });
    for (const path of ['/data/logs/1.log', '/data/x.log', '/data/logs/2.log'])
      await code(fs.writeFile(path, 'text'));
    const writes = world.steps.filter(({ operation }) => operation === 'write');
    return writes.flatMap(({ fault }, index) => (fault === undefined ? [] : [index]));
  };

  it.each<[string, FaultPlan['at'], number[]]>([
    ['the first call that fits', {}, [0]],
    ['the nth call that fits', { nth: 2 }, [1]],
    ['a path', { path: '/data/x.log' }, [1]],
    ['a glob within a directory', { path: '/data/*.log' }, [1]],
    ['a glob across directories', { path: '/data/**.log', nth: 3 }, [2]],
    ['the nth call on a path', { path: '/data/logs/*', nth: 2 }, [2]],
    ['nothing, where nothing fits', { path: '/data/?.log' }, []],
    ['the file that makes the call', { path: '/**', site: 'elsewhere.ts:1' }, []],
    ['lives after a power cut only', { life: 'later' }, []],
    ['every life', { life: 'every' }, [0]],
  ])('picks %s', async (_what, at, expected) => {
    expect(await struck({ fault: 'short-write', ...(at === undefined ? {} : { at }) })).toEqual(expected);
  });

  it('picks the place in the program that makes the call', async () => {
    const line = 1 + Number(/fault-injector\.test\.ts:(\d+)/.exec(new Error().stack ?? '')?.[1]);
    const write = async (fs: World['environment']['fs']) => await fs.writeFile('/a', 'text');
    const world = worldWith([{ fault: 'short-write', at: { site: `fault-injector.test.ts:${line}` } }]);
    await world.environment.fs.writeFile('/b', 'text');
    await write(world.environment.fs);
    const paths = world.steps.filter(({ fault }) => fault !== undefined).map(({ path }) => path);
    expect(paths).toEqual(['/a']);
  });

  it.each<[string, FaultPlan, string]>([
    ['an unknown fault', { fault: 'gremlins' as FaultPlan['fault'] }, 'FAULT_IMPOSSIBLE'],
    ['a call it can not strike', { fault: 'failed-sync', at: { operation: 'read' } }, 'FAULT_IMPOSSIBLE'],
    ['a close that does nothing', { fault: 'error-before', at: { operation: 'close' } }, 'FAULT_IMPOSSIBLE'],
    ['the zeroth call', { fault: 'lost-write', at: { nth: 0 } }, 'FAULT_IMPOSSIBLE'],
    ['an unknown life', { fault: 'delay', at: { life: 'next' as 'later' } }, 'FAULT_IMPOSSIBLE'],
    ['a code where none is told', { fault: 'lost-write', code: 'EIO' }, 'FAULT_IMPOSSIBLE'],
    ['a delay of something else', { fault: 'short-read', delayMs: 5 }, 'FAULT_IMPOSSIBLE'],
    ['a negative delay', { fault: 'delay', delayMs: -5 }, 'FAULT_IMPOSSIBLE'],
    ['a relative path', { fault: 'bit-rot', at: { path: 'data/*' } }, 'PATH_OUTSIDE_DISK'],
    ['a path that climbs out', { fault: 'bit-rot', at: { path: '/../etc' } }, 'PATH_OUTSIDE_DISK'],
  ])('is refused with %s', (_what, plan, expected) => {
    expect(() => checkFaultPlan(plan)).toThrow(expect.objectContaining({ code: expected }));
  });
});

describe('FaultInjector: the overlay', () => {
  it('lets nothing go wrong any more once it is stopped', async () => {
    const { environment, faults } = worldWith([{ fault: 'error-before', at: { operation: 'open' } }]);
    faults?.stop();
    expect(await code(environment.fs.writeFile('/a', 'x'))).toBe('done');
    expect(faults?.fired).toEqual([0]);
  });

  it('neither strikes nor counts while it is suspended', async () => {
    const { environment, faults } = worldWith([{ fault: 'error-before', at: { operation: 'open', nth: 2 } }]);
    await environment.fs.writeFile('/a', 'x');
    faults?.suspend(true);
    await environment.fs.writeFile('/a', 'x');
    faults?.suspend(false);
    expect(await code(environment.fs.writeFile('/a', 'x'))).toBe('EIO');
  });

  it('draws the call it strikes from the seed of a random run', async () => {
    const run = async (seed: number): Promise<number> => {
      const world = new World({
        image: EMPTY_IMAGE,
        history: EMPTY_HISTORY,
        scheduling: eager(),
        faults: { plans: [{ fault: 'short-write' }], model: diskModel('posix'), seed },
      });
      const file = await world.environment.fs.open('/a', 'w');
      for (let number = 0; number < 20; number++) await file.write('text');
      return world.steps.findIndex(({ fault }) => fault !== undefined);
    };
    const places = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      expect(await run(seed)).toBe(await run(seed));
      places.add(await run(seed));
    }
    expect(places.size).toBeGreaterThan(5);
  });
});
