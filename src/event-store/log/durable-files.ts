/** What the store does with files, beyond single calls: whole reads, whole writes, durable directories. */
import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { Environment, FileSystem, WriteThrough } from '../../environment.js';
import { errorCode } from '../../thrown.js';

export type FileHandle = Awaited<ReturnType<FileSystem['open']>>;

/** All bytes of an open file. A short read is continued. */
export const readWhole = async (handle: FileHandle): Promise<Buffer> => {
  const { size } = await handle.stat();
  return await readRange(handle, 0, size);
};

/** Up to this many bytes from `offset` on: fewer only where the file ends. */
export const readRange = async (handle: FileHandle, offset: number, bytes: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await handle.read(buffer, done, bytes - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
};

/** Opens a file of the log, so that writes to it are durable at once where that can be had (`writeThrough`). */
export const openToWrite = async (
  { fs, writeThrough }: Pick<Environment, 'fs' | 'writeThrough'>,
  path: string,
  how: keyof WriteThrough,
): Promise<FileHandle> => await fs.open(path, writeThrough?.[how] ?? (how === 'create' ? 'w+' : 'r+'));

/**
 * Writes file[start, end) from the same place in the buffer, which begins at `bufferStart` in the file: one call, unless
 * the system writes short.
 */
export const writeRange = async (
  handle: FileHandle,
  buffer: Buffer,
  start: number,
  end: number,
  bufferStart = 0,
): Promise<void> => {
  let done = start;
  while (done < end) {
    const { bytesWritten } = await handle.write(buffer, done - bufferStart, end - done, done);
    if (bytesWritten === 0)
      throw new Error(`the system wrote none of ${end - done} bytes and gave no reason`);
    done += bytesWritten;
  }
};

/** Makes the entries of a directory durable: the names of the files in it, not their contents. */
export const syncDirectory = async (fs: FileSystem, directory: string): Promise<void> => {
  const handle = await fs.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Makes the path from the root to `directory` durable: an earlier life may have made a directory and died before it synced
 * its parent. A parent that this process may not open has no entry of ours.
 */
export const syncAncestors = async (fs: FileSystem, directory: string): Promise<void> => {
  for (let child = directory, parent = dirname(child); parent !== child; parent = dirname(child)) {
    try {
      await syncDirectory(fs, parent);
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'EACCES' && code !== 'EPERM') throw error;
    }
    child = parent;
  }
};
