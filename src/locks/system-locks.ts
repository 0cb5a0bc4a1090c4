/**
 * The locks of the real machine. Where the directory is on a local disk: sockets, which the kernel keeps while their
 * process lives. Elsewhere (network file systems, FUSE, vfat) a socket may not be possible, or be refused although its
 * holder lives behind another mount: there it is a record of the process, and doubt means alive. On Windows: a named pipe.
 *
 * The calls between two steps of the protocol are synchronous. They take microseconds, while an asynchronous call waits twice for a
 * turn of the processor. An older one waits for the younger ones to give way, and on a busy machine it would wait for those turns.
 */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync, statfsSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import type { Announcement, Locks, Presence } from '../environment.js';
import { errorCode } from '../thrown.js';
import { guardEntry } from './guard.js';
import { newLockName, parseLockName } from './names.js';
import { presenceOfProcess, realProcesses } from './processes.js';
import { recordLocks } from './records.js';
import { closeServer, listenAt, listenIn, presenceOfSocket } from './sockets.js';

/** statfs(2) types of file systems that only this kernel writes to. Those that are not named here count as shared. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x5846_5342, // xfs
  0x9123_683e, // btrfs
  0xf2f5_2010, // f2fs
  0x2fc1_2fc1, // zfs
  0xca45_1a4e, // bcachefs
  0x0102_1994, // tmpfs
  0x8584_58f6, // ramfs
  0x794c_7630, // overlayfs
  0x5265_4973, // reiserfs
  0x3153_464a, // jfs
  0x2405_1905, // ubifs
  0x4d44, // vfat
  0x2011_bab0, // exfat
  0x7366_746e, // ntfs3
]);

/** Where no socket can be made, for good. */
const NO_SOCKETS: ReadonlySet<string> = new Set([
  'EPERM',
  'EINVAL',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EAFNOSUPPORT',
  'EPROTONOSUPPORT',
]);

const random = (): number => randomBytes(4).readUInt32LE();

/** Whether kernels that know nothing of each other may have the directory. Only Linux says. */
const isShared = (directory: string): boolean =>
  process.platform === 'linux' && !LOCAL_TYPES.has(statfsSync(directory).type);

const records = (shared: boolean): Locks =>
  recordLocks({
    fs: nodeFs,
    self: realProcesses.self,
    presenceOf: (name) => presenceOfProcess(name, shared),
    now: Date.now,
    random,
    guard: (path) => guardEntry(path, !shared),
  });

const announceSocket = async (directory: string): Promise<Announcement> => {
  const name = newLockName('socket', String(process.pid), Date.now(), random());
  const server = await listenIn(directory, name);
  const { check, onLost, stop } = guardEntry(`${directory}/${name}`, true);
  return {
    name,
    check,
    onLost,
    withdraw: async () => {
      stop();
      // The name first: who still finds it finds it alive.
      rmSync(`${directory}/${name}`, { force: true });
      await closeServer(server);
    },
  };
};

export const systemLocks = (): Locks => ({
  announce: async (directory) => {
    const shared = isShared(directory);
    if (shared) return await records(shared).announce(directory);
    try {
      return await announceSocket(directory);
    } catch (error) {
      if (!NO_SOCKETS.has(errorCode(error) ?? '')) throw error;
      return await records(shared).announce(directory);
    }
  },
  presenceOf: async (directory, name): Promise<Presence> => {
    const shared = isShared(directory);
    if (parseLockName(name)?.kind !== 'socket') return await records(shared).presenceOf(directory, name);
    const found = await presenceOfSocket(directory, name);
    if (!shared || found.state !== 'dead') return found;
    return {
      state: 'unknown',
      why: 'its socket does not answer, which on a shared file system proves nothing',
    };
  },
});

/**
 * Locks of a system that gives an address to one process at a time and takes it back when that process ends: the named pipes
 * of Windows. The address is made from the directory's own number, so that it is the same by whichever path.
 */
export const addressLocks = (prefix: string): Locks => ({
  announce: async (directory) => {
    const { dev, ino } = await nodeFs.stat(directory, { bigint: true });
    const address = `${prefix}powercut-${createHash('sha256').update(`${dev}/${ino}`).digest('hex').slice(0, 32)}`;
    const server = await listenAt(address, false).catch((error: unknown) => {
      if (errorCode(error) === 'EADDRINUSE') return undefined;
      throw error;
    });
    if (server === undefined) return undefined;
    const { check, onLost, stop } = guardEntry(directory, true);
    return {
      name: undefined,
      check,
      onLost,
      withdraw: async () => {
        stop();
        await closeServer(server);
      },
    };
  },
  presenceOf: (_, name) => records(false).presenceOf('', name),
});
