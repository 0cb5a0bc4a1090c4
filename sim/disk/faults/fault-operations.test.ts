/** Faults at each call that there is, and calls that are slow, in the forms in which a program may make them. */
import { Buffer } from 'node:buffer';
import type fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { World } from '../../life/world.js';
import { eager } from '../../scheduler/scheduler.js';
import type { FaultPlan } from '../../suite/fault-plan.js';
import { EMPTY_HISTORY } from '../../suite/history.js';
import { OPERATIONS, type Operation } from '../../suite/operations.js';
import { errorCode } from '../../util/errors.js';
import { EMPTY_IMAGE } from '../crash-model/disk-image.js';
import { diskModel } from '../crash-model/disk-models.js';

const worldWith = (plan: FaultPlan): World =>
  new World({
    image: EMPTY_IMAGE,
    history: EMPTY_HISTORY,
    scheduling: eager(),
    faults: { plans: [plan], model: diskModel('posix') },
  });

/** The simulated disk as `node:fs`, of a life that may be slow or disturbed. */
const nodeFsOf = (world: World): typeof fs => world.nodeFs() as typeof fs; // which it stands for

describe('FaultInjector: a slow call', () => {
  const slowMkdir: FaultPlan = { fault: 'delay', at: { operation: 'mkdir' }, delayMs: 250 };

  it('keeps a program that calls synchronously standing still, and nobody after it', async () => {
    const world = worldWith(slowMkdir);
    const began = world.clock.now();
    nodeFsOf(world).mkdirSync('/d');
    expect(world.clock.now() - began).toBe(250);
    expect(await world.environment.fs.readdir('/')).toEqual(['d']);
    expect(world.clock.now() - began).toBe(250);
  });

  it('fails late where it fails, and nobody after it is late', async () => {
    const { environment, clock } = worldWith(slowMkdir);
    const began = clock.now();
    let failed: unknown;
    const made = environment.fs.mkdir('/nowhere/d').catch((error: unknown) => {
      failed = errorCode(error);
    });
    expect(await environment.fs.readdir('/')).toEqual([]);
    expect(failed).toBeUndefined();
    clock.fireNext(began + 1000);
    await made;
    expect(failed).toBe('ENOENT');
  });
});

describe('FaultInjector: each operation', () => {
  const CALLS: Readonly<Record<Operation, (disk: typeof fs, fd: number) => unknown>> = {
    open: (disk) => disk.openSync('/b', 'w'),
    close: (disk, fd) => disk.closeSync(fd),
    read: (disk, fd) => disk.readSync(fd, Buffer.alloc(3)),
    write: (disk, fd) => disk.writeSync(fd, 'text'),
    fsync: (disk, fd) => disk.fsyncSync(fd),
    fdatasync: (disk, fd) => disk.fdatasyncSync(fd),
    ftruncate: (disk, fd) => disk.ftruncateSync(fd, 1),
    fchmod: (disk, fd) => disk.fchmodSync(fd, 0o600),
    fchown: (disk, fd) => disk.fchownSync(fd, 0, 0),
    futime: (disk, fd) => disk.futimesSync(fd, 1, 2),
    fstat: (disk, fd) => disk.fstatSync(fd),
    unlink: (disk) => disk.unlinkSync('/a'),
    rmdir: (disk) => disk.rmdirSync('/d'),
    rm: (disk) => disk.rmSync('/a'),
    link: (disk) => disk.linkSync('/a', '/b'),
    symlink: (disk) => disk.symlinkSync('/a', '/b'),
    mkdir: (disk) => disk.mkdirSync('/b'),
    rename: (disk) => disk.renameSync('/a', '/b'),
    chmod: (disk) => disk.chmodSync('/a', 0o600),
    chown: (disk) => disk.chownSync('/a', 0, 0),
    lchown: (disk) => disk.lchownSync('/a', 0, 0),
    utime: (disk) => disk.utimesSync('/a', 1, 2),
    lutime: (disk) => disk.lutimesSync('/a', 1, 2),
    stat: (disk) => disk.statSync('/a'),
    lstat: (disk) => disk.lstatSync('/a'),
    statfs: (disk) => disk.statfsSync('/d'),
    opendir: (disk) => disk.opendirSync('/d'),
    readdir: (disk) => disk.readdirSync('/d'),
    access: (disk) => disk.accessSync('/a'),
    readlink: (disk) => disk.readlinkSync('/l'),
    realpath: (disk) => disk.realpathSync('/a'),
    watch: (disk) => disk.watch('/a'),
  };

  it.each(OPERATIONS)('fails where a fault is planned for it: %s', (operation) => {
    const nth = ['open', 'symlink', 'mkdir'].includes(operation) ? 2 : 1;
    const fault = operation === 'close' ? 'error-after' : 'error-before';
    const world = worldWith({ fault, at: { operation, nth }, code: 'EROFS' });
    const disk = nodeFsOf(world);
    disk.mkdirSync('/d');
    disk.symlinkSync('/a', '/l');
    const fd = disk.openSync('/a', 'w+');
    expect(() => CALLS[operation](disk, fd)).toThrow(expect.objectContaining({ code: 'EROFS' }));
    expect(world.faults?.fired).toEqual([1]);
    expect(world.steps.at(-1)).toMatchObject({ operation, fault, result: 'EROFS' });
  });
});
