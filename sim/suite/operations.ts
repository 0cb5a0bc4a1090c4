/** The system calls that a program's life is made of, as stories name them and fault plans select them. */

/** The calls that a program's life is made of, as stories name them and faults are planned for. */
export const OPERATIONS = [
  ...([
    'open',
    'close',
    'read',
    'write',
    'fsync',
    'fdatasync',
    'ftruncate',
    'fchmod',
    'fchown',
    'futime',
    'fstat',
  ] as const),
  ...([
    'unlink',
    'rmdir',
    'rm',
    'link',
    'symlink',
    'mkdir',
    'rename',
    'chmod',
    'chown',
    'lchown',
    'utime',
    'lutime',
  ] as const),
  ...(['stat', 'lstat', 'statfs', 'opendir', 'readdir', 'access', 'readlink', 'realpath', 'watch'] as const),
] as const;
export type Operation = (typeof OPERATIONS)[number];
