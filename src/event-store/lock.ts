/**
 * The lock: at most one store on a directory, among the processes of one machine (that see each other's ids; not
 * across containers or network file systems).
 *
 * A store says that it is there by an empty file named after its process, 'lock-<process>', and only then looks
 * for others. Of two that come at the same time at least one sees the other, and gives way. A file whose process
 * is gone was left by a crash and is removed. Nothing of this needs to survive a power cut.
 */
import type { FileSystem, Processes } from '../environment.js';
import { StoreLockedError } from './errors.js';
import { errorCode } from './files.js';

const PREFIX = 'lock-';

/**
 * Locks the directory, which is created when it is not there; resolves to what unlocks it.
 * @throws StoreLockedError another store has it
 */
export const lockDirectory = async (
  fs: FileSystem,
  processes: Processes,
  directory: string,
): Promise<() => Promise<void>> => {
  await fs.mkdir(directory, { recursive: true });
  const own = `${PREFIX}${processes.self}`;
  try {
    await (await fs.open(`${directory}/${own}`, 'wx')).close();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new StoreLockedError(directory, 'this process has it open already');
  }
  const unlock = async (): Promise<void> => {
    await fs.rm(`${directory}/${own}`, { force: true });
  };
  const others = (await fs.readdir(directory)).filter((name) => name.startsWith(PREFIX) && name !== own);
  for (const other of others) {
    const owner = other.slice(PREFIX.length);
    if (processes.isAlive(owner)) {
      await unlock();
      throw new StoreLockedError(directory, `process ${owner} has it open`);
    }
  }
  for (const left of others) await fs.rm(`${directory}/${left}`, { force: true });
  return unlock;
};
