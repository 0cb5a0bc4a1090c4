/**
 * The last door to the real disk. A function of `node:fs` that somebody copied into a variable before the guard was
 * installed (`const { writeFileSync } = fs`, a promisified one) is out of the guard's reach, but what it calls in turn
 * is not: Node's own functions of the operating system, all in one object. In a life they are refused, with the call site.
 */

import { refuse } from '../../process/active-life.js';
import { callingFile } from '../../process/refusal-site.js';
import { divert } from '../patch.js';

const ADVICE =
  "import powercut/node-fs (or powercut/vitest) before the package, as it keeps node:fs's functions to itself, or load it " +
  'in boot, with freshRequire (powercut/node-fs)';

const TAKE_A_PATH = [
  ...[
    'access',
    'chmod',
    'chown',
    'copyFile',
    'existsSync',
    'lchmod',
    'lchown',
    'link',
    'lstat',
    'lutimes',
    'mkdir',
  ],
  ...[
    'mkdtemp',
    'open',
    'openFileHandle',
    'readFileUtf8',
    'readdir',
    'readlink',
    'realpath',
    'rename',
    'rmSync',
    'rmdir',
  ],
  ...['stat', 'statfs', 'symlink', 'unlink', 'utimes', 'writeFileUtf8'],
];

/** A descriptor of the simulated disk is a number like any other: on the real one it may be anybody's file. */
const TAKE_A_DESCRIPTOR = [
  ...[
    'close',
    'fchmod',
    'fchown',
    'fdatasync',
    'fstat',
    'fsync',
    'ftruncate',
    'futimes',
    'read',
    'readBuffers',
  ],
  ...['writeBuffer', 'writeBuffers', 'writeString'],
];
/** What a program prints goes to the real terminal. */
const isStandardStream = (descriptor: unknown): boolean => typeof descriptor === 'number' && descriptor <= 2;

const isFileSystem = (file: string): boolean => /^node:(internal\/)?fs\b/.test(file);
/** The module loader and the reader of source maps: a program's code does not lie on its simulated disk. */
const isLoader = (file: string | undefined): boolean =>
  file !== undefined && /^node:internal\/(modules|source_map)\b/.test(file);

/** Undefined where the runtime keeps it to itself (Bun, Deno, Node's permission model). */
const native = (): object | undefined => {
  try {
    const binding: unknown = Reflect.apply(Object(Reflect.get(process, 'binding')), process, ['fs']);
    return typeof binding === 'object' && binding !== null ? binding : undefined;
  } catch {
    return undefined; // this runtime has no native binding; the public functions are still guarded
  }
};

export const patchNativeFileSystem = (): void => {
  const binding = native();
  if (binding === undefined) return;
  for (const name of [...TAKE_A_PATH, ...TAKE_A_DESCRIPTOR]) {
    const byDescriptor = TAKE_A_DESCRIPTOR.includes(name);
    divert(binding, name, (life, args, original, patched) =>
      (byDescriptor && isStandardStream(args[0])) || isLoader(callingFile(patched, isFileSystem))
        ? original(...args)
        : refuse(life, `The real file system (${name})`, ADVICE, patched),
    );
  }
};
