/**
 * A write reads the caller's buffer when it takes effect, in each of its forms. So does Node's thread pool: a program that
 * reuses a buffer before the call has returned may find either content on the disk.
 */
import type fs from 'node:fs';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { eager, type Scheduler } from '../../scheduler/scheduler.js';
import { VirtualClock } from '../../scheduler/virtual-clock.js';
import { EMPTY_IMAGE } from '../crash-model/disk-image.js';
import { Kernel } from '../kernel/kernel.js';
import { ObservedCalls } from '../kernel/observed-calls.js';
import { createFileSystem } from './fs-promises.js';
import { createNodeFs } from './node-fs.js';

type Disk = typeof fs;

/** A disk on which no call takes effect before `release` is called; `hold` holds calls back again. */
const held = (): { disk: Disk; hold: () => void; release: () => void } => {
  const clock = new VirtualClock(0);
  const waiting: (() => void)[] = [];
  let isReleased = false;
  const scheduler: Scheduler = {
    ...eager()(clock),
    perform: (act) =>
      new Promise((resolve, reject) => {
        const effect = (): void => {
          try {
            resolve(act());
          } catch (error) {
            reject(error);
          }
        };
        if (isReleased) effect();
        else waiting.push(effect);
      }),
  };
  const calls = new ObservedCalls(new Kernel(EMPTY_IMAGE, clock.now));
  const disk = createNodeFs(calls, scheduler, clock, createFileSystem(calls, scheduler)) as Disk; // which it stands for
  const release = (): void => {
    isReleased = true;
    for (const effect of waiting.splice(0)) effect();
  };
  const hold = (): void => {
    isReleased = false;
  };
  return { disk, hold, release };
};

const settled = (start: (done: (error: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));

/** Each asks for a write of the buffer, and does not wait. */
const LATER: Readonly<Record<string, (disk: Disk, fd: number, buffer: Buffer) => Promise<unknown>>> = {
  'fs.write': (disk, fd, buffer) => settled((done) => disk.write(fd, buffer, done)),
  'fs.writev': (disk, fd, buffer) => settled((done) => disk.writev(fd, [buffer], done)),
  'fs.writeFile': (disk, _fd, buffer) => settled((done) => disk.writeFile('/f', buffer, done)),
  'fs.writeFile of a descriptor': (disk, fd, buffer) => settled((done) => disk.writeFile(fd, buffer, done)),
  'fs.appendFile': (disk, _fd, buffer) => settled((done) => disk.appendFile('/f', buffer, done)),
  'fs.promises.writeFile': (disk, _fd, buffer) => disk.promises.writeFile('/f', buffer),
  'fs.promises.writeFile of parts': (disk, _fd, buffer) => disk.promises.writeFile('/f', [buffer]),
  'fs.promises.appendFile': (disk, _fd, buffer) => disk.promises.appendFile('/f', buffer),
  'fs.createWriteStream': (disk, _fd, buffer) => {
    const stream = disk.createWriteStream('/f');
    stream.end(buffer);
    return finished(stream);
  },
};

const ON_HANDLE: Readonly<
  Record<string, (file: fs.promises.FileHandle, buffer: Buffer) => Promise<unknown>>
> = {
  write: (file, buffer) => file.write(buffer),
  writev: (file, buffer) => file.writev([buffer]),
  writeFile: (file, buffer) => file.writeFile(buffer),
  appendFile: (file, buffer) => file.appendFile(buffer),
};

describe('createFileSystem: a write that takes effect later', () => {
  it.each(Object.entries(LATER))('takes what the buffer then holds: %s', async (_name, write) => {
    const { disk, release } = held();
    const fd = disk.openSync('/f', 'w');
    const buffer = Buffer.from('before');
    const written = write(disk, fd, buffer);
    buffer.write('after.');
    release();
    await written;
    expect(disk.readFileSync('/f', 'utf8')).toBe('after.');
  });

  it.each(Object.entries(ON_HANDLE))(
    'takes what the buffer then holds: FileHandle.%s',
    async (_name, write) => {
      const { disk, hold, release } = held();
      release();
      const file = await disk.promises.open('/f', 'w');
      hold();
      const buffer = Buffer.from('before');
      const written = write(file, buffer);
      buffer.write('after.');
      release();
      await written;
      expect(disk.readFileSync('/f', 'utf8')).toBe('after.');
    },
  );
});

describe('createFileSystem: a write that takes effect at once', () => {
  it.each([
    ['fs.writeSync', (disk: Disk, fd: number, buffer: Buffer) => disk.writeSync(fd, buffer)],
    ['fs.writevSync', (disk: Disk, fd: number, buffer: Buffer) => disk.writevSync(fd, [buffer])],
    ['fs.writeFileSync', (disk: Disk, _fd: number, buffer: Buffer) => disk.writeFileSync('/f', buffer)],
    ['fs.appendFileSync', (disk: Disk, _fd: number, buffer: Buffer) => disk.appendFileSync('/f', buffer)],
  ] as const)('takes what the buffer holds when it is called: %s', (_name, write) => {
    const { disk } = held();
    const fd = disk.openSync('/f', 'w');
    const buffer = Buffer.from('before');
    write(disk, fd, buffer);
    buffer.write('after.');
    expect(disk.readFileSync('/f', 'utf8')).toBe('before');
  });
});
