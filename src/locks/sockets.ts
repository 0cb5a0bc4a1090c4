/**
 * Locks as sockets: the holder listens on a socket in the store's directory, and the kernel knows whether it does. A
 * connection that is accepted, or that waits to be, means alive. It needs nothing of /proc, and holds between
 * processes that share a kernel and the directory, whatever containers they are in. A socket refuses connections for good
 * once its process is gone.
 */
import { lstatSync, realpathSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Presence } from '../environment.js';
import { errorCode } from '../thrown.js';
import { unfinishedName } from './names.js';

/** The longest path of a socket, in bytes: node would cut a longer one short. macOS has the shortest limit. */
const MAX_PATH_BYTES = 103;
/** How many may wait to be accepted while the holder is busy: each of them has seen that it lives. */
const BACKLOG = 128;

/** Hands `use` a path of the entry that is short enough for a socket. It leads there until `use` is over. */
const withShortPath = async <Result>(
  directory: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> => {
  const path = `${resolve(directory)}/${name}`;
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return await use(path);
  if (process.platform !== 'linux') return await throughLink(directory, name, use);
  const handle: FileHandle = await open(directory, 'r');
  try {
    const descriptor = `/proc/self/fd/${handle.fd}`;
    // Where /proc is hidden such a path leads nowhere, and a live socket would not be found.
    if (lstatSync(descriptor, { throwIfNoEntry: false }) === undefined)
      return await throughLink(directory, name, use);
    return await use(checked(`${descriptor}/${name}`));
  } finally {
    await handle.close();
  }
};

/** @throws RangeError the path is still too long: it would lead elsewhere */
const checked = (path: string): string => {
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  throw new RangeError(`the path ${path} is too long for a socket`);
};

let links = 0;

/** The directory by a symbolic link in the directory for temporary files. */
const throughLink = async <Result>(
  directory: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> => {
  const link = `${tmpdir()}/pc${process.pid.toString(36)}${(links++).toString(36)}`;
  symlinkSync(realpathSync(directory), link);
  try {
    return await use(checked(`${link}/${name}`));
  } finally {
    unlinkSync(link);
  }
};

/**
 * Listens at an address that the system gives to one listener at a time. Keeps no program alive. `open`: everyone who
 * can reach the address may connect.
 */
export const listenAt = (address: string, open: boolean): Promise<Server> =>
  new Promise((listening, refused) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', refused);
    // A cluster's workers are to listen themselves, and not their primary, which outlives them.
    const options = {
      path: address,
      exclusive: true,
      readableAll: open,
      writableAll: open,
      backlog: BACKLOG,
    };
    server.listen(options, () => {
      server.off('error', refused);
      // Without free descriptors it accepts no connection. The kernel answers a connecting process nevertheless.
      server.on('error', () => {});
      server.unref();
      listening(server);
    });
  });

export const closeServer = (server: Server): Promise<void> =>
  new Promise((closed) => {
    server.close(() => closed());
  });

/**
 * Puts a socket of that name into the directory. It listens before it gets its name: so a refused connection means that
 * its process is gone.
 */
export const listenIn = async (directory: string, name: string): Promise<Server> => {
  const unfinished = unfinishedName(name);
  // Everyone who may look for the lock may ask it.
  const server = await withShortPath(directory, unfinished, (path) => listenAt(path, true));
  try {
    renameSync(`${directory}/${unfinished}`, `${directory}/${name}`);
    return server;
  } catch (error) {
    await unlink(`${directory}/${unfinished}`).catch(() => {}); // The first error is the one to tell.
    await closeServer(server);
    throw error;
  }
};

/** Whether somebody listens on a socket of the directory. Any other answer than a clear one is not known. */
export const presenceOfSocket = async (directory: string, name: string): Promise<Presence> => {
  try {
    await withShortPath(directory, name, connected);
    return { state: 'alive' };
  } catch (error) {
    const code = errorCode(error);
    // EAGAIN: its queue of connections is full. ECONNRESET: it stopped listening before it accepted this one, so it was alive.
    if (code === 'EAGAIN' || code === 'ECONNRESET') return { state: 'alive' };
    if (code === 'ECONNREFUSED') return { state: 'dead' };
    if (code === 'ENOENT' && lstatSync(`${directory}/${name}`, { throwIfNoEntry: false }) === undefined)
      return { state: 'dead' };
    return { state: 'unknown', why: `connecting to its socket failed with ${code || String(error)}` };
  }
};

const connected = (path: string): Promise<void> =>
  new Promise((found, failed) => {
    const socket = connect({ path });
    socket.once('error', failed);
    socket.once('connect', () => {
      found();
      socket.destroy();
    });
  });
