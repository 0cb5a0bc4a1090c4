/**
 * A file whose presence says that the last life ended with a clean shutdown. It is empty: all that it vouches for was made
 * durable before, so its name alone can't become durable too early.
 */
import type { FileSystem } from '../environment.js';
import { syncDirectory } from '../event-store/log/durable-files.js';
import { errorCode } from '../thrown.js';

const FILE_NAME = 'clean-shutdown';

/** Whether the marker was there. If so it is removed, durably: from now on a crash is a crash. */
export const takeMarker = async (fs: FileSystem, directory: string): Promise<boolean> => {
  try {
    await fs.unlink(`${directory}/${FILE_NAME}`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  await syncDirectory(fs, directory);
  return true;
};

/** Leaves the marker; resolves when it is durable. All that it speaks of must be durable before. */
export const leaveMarker = async (fs: FileSystem, directory: string): Promise<void> => {
  const handle = await fs.open(`${directory}/${FILE_NAME}`, 'w');
  await handle.close();
  await syncDirectory(fs, directory);
};
