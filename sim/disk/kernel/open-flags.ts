/** What a file is opened with: the simulated machine's own numbers (Linux's), whatever those of the one it runs on. */

export const O_ACCMODE = 0o3;
export const O_RDONLY = 0o0;
export const O_WRONLY = 0o1;
const O_RDWR = 0o2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
const O_DSYNC = 0o10000;
export const O_SYNC = 0o4010000;
/** How a file is opened whose writes are durable when they return. */
export const WRITE_THROUGH = {
  create: O_RDWR | O_CREAT | O_TRUNC | O_DSYNC,
  existing: O_RDWR | O_DSYNC,
} as const;

/** Whether each write through a descriptor with these flags is also synced. */
export const writesThrough = (flags: number): boolean => (flags & O_DSYNC) !== 0;
