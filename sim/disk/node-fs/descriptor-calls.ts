/** The functions of `node:fs` on a descriptor that are one system call each. A FileHandle's methods are the same calls. */
import { pathOfFile, type SystemCalls } from '../kernel/system-calls.js';
import { modeOf, secondsOf, statsOf, type Time } from './fs-sync-calls.js';
import type { StatOptions } from './stats.js';

export const descriptorCalls = (kernel: SystemCalls) => ({
  close: (fd: number): void => kernel.close(fd),
  fchmod: (fd: number, mode: number | string): void => kernel.fchmod(fd, modeOf(mode, 0)),
  futimes: (fd: number, accessed: Time, modified: Time): void =>
    kernel.futimes(fd, secondsOf(accessed), secondsOf(modified)),
  fstat: (fd: number, options?: StatOptions) => {
    const file = kernel.fileAt(fd, 'fstat');
    return kernel.observe('fstat', pathOfFile(file), () => statsOf(file.link, file.node, options));
  },
  fsync: (fd: number): void => kernel.sync(fd, 'all'),
  fdatasync: (fd: number): void => kernel.sync(fd, 'data'),
  ftruncate: (fd: number, length?: number): void => kernel.ftruncate(fd, Math.max(0, length ?? 0)),
  // There is one user, and every file is that user's.
  fchown: (fd: number): void => {
    kernel.observe('fchown', pathOfFile(kernel.fileAt(fd, 'fchown')), () => undefined);
  },
});

export type DescriptorCalls = ReturnType<typeof descriptorCalls>;
