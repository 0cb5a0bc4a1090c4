/**
 * Checks a lock while it is held. If its entry or its directory is removed, another process can get the lock. So the entry is
 * checked before appends are acknowledged, and twice a second by a timer that keeps no program alive.
 */
import { fstatSync, lstatSync, statSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import type { Announcement, OpenFile } from '../environment.js';

/** A look younger than this stands. Two calls to the system cost more than a short write on a fast disk. */
const LOOK_AGAIN_MS = 200;
const TIMER_MS = 500;

export class LockLostError extends Error {
  override readonly name = 'LockLostError';
  readonly code = 'LOCK_LOST';
}

/** Which file a name leads to. On file systems that renumber files it only says whether there is one. */
type Identity = bigint | 'any' | undefined;

export interface Guard extends Pick<Announcement, 'check' | 'onLost'> {
  readonly stop: () => void;
}

/** `keepsNumbers`: the file system gives a file one inode number for as long as it is there. */
export const guardEntry = (path: string, keepsNumbers: boolean): Guard => {
  const identify = (found: { readonly ino: bigint } | undefined): Identity =>
    found === undefined ? undefined : keepsNumbers ? found.ino : 'any';
  const identityOf = (): Identity => identify(lstatSync(path, { bigint: true, throwIfNoEntry: false }));
  const own = identityOf();
  const files = new WeakMap<object, Identity>();
  let looked = performance.now();

  const look = (): void => {
    const found = identityOf();
    if (found === undefined || found !== own)
      throw new LockLostError(
        `the lock ${path} was removed or replaced, so another process may have the store`,
      );
    looked = performance.now();
  };

  const lookAt = ({ path: file, handle }: OpenFile): void => {
    if (!files.has(handle)) files.set(handle, identify(fstatSync(handle.fd, { bigint: true })));
    const found = identify(statSync(file, { bigint: true, throwIfNoEntry: false }));
    if (found === undefined || found !== files.get(handle))
      throw new LockLostError(`the file ${file} was removed or replaced while it was written to`);
  };

  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    check: (file) => {
      if (performance.now() - looked >= LOOK_AGAIN_MS) look();
      if (file !== undefined) lookAt(file);
    },
    onLost: (tell) => {
      timer = setInterval(() => {
        try {
          look();
        } catch (error) {
          clearInterval(timer);
          tell(error);
        }
      }, TIMER_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
};
