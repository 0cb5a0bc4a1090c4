/** Locks as plain files: what is known of a holder is the process that its file is named after. */
import type { Announcement, FileSystem, Locks, Presence } from '../environment.js';
import { newLockName, parseLockName } from './names.js';

export interface RecordOptions {
  readonly fs: Pick<FileSystem, 'open' | 'rm'>;
  /** The name of this process. */
  readonly self: string;
  /** Whether the process of a name is there. */
  readonly presenceOf: (process: string) => Presence | Promise<Presence>;
  readonly now: () => number;
  readonly random: () => number;
  /** Checks a file that was made; does nothing where no other process can remove it. */
  readonly guard?: (path: string) => Pick<Announcement, 'check' | 'onLost'> & { readonly stop: () => void };
}

const UNGUARDED = { check: () => {}, onLost: () => {}, stop: () => {} };

export const recordLocks = (options: RecordOptions): Locks => ({
  announce: async (directory) => {
    const { fs, self, now, random, guard = () => UNGUARDED } = options;
    const name = newLockName('record', self, now(), random());
    const path = `${directory}/${name}`;
    // Made in one call, with nothing in it: no one finds it half written.
    await (await fs.open(path, 'wx')).close();
    const { check, onLost, stop } = guard(path);
    return {
      name,
      check,
      onLost,
      withdraw: async () => {
        stop();
        await fs.rm(path, { force: true });
      },
    };
  },
  presenceOf: async (_, name) => {
    const parsed = parseLockName(name);
    if (parsed === undefined) return { state: 'dead' };
    if (parsed.kind === 'record') return await options.presenceOf(parsed.owner);
    return { state: 'unknown', why: 'it is a socket, and this system can not query sockets' };
  },
});
