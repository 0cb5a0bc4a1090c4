/** Operations on a disk as plain data: what a random program asks for, whichever disk it runs on. */
import { constants } from 'node:fs';
import * as fc from 'fast-check';

/** In which of Node's three forms a function is called. */
export type Form = 'sync' | 'callback' | 'promise';

export type Operation =
  /** Any function that takes paths and plain values. `P:` before a text stands for a path below the root. */
  | { readonly kind: 'call'; readonly form: Form; readonly name: string; readonly args: readonly Argument[] }
  | {
      readonly kind: 'open';
      readonly form: Form;
      readonly slot: number;
      readonly path: string;
      readonly flags: string | number;
    }
  /** A function on an open file: `f` and the name for descriptors, the handle's method of that name for promises. */
  | {
      readonly kind: 'on-open';
      readonly form: Form;
      readonly slot: number;
      readonly name: OpenFileCall;
      readonly args: readonly Argument[];
    }
  /** A whole stream: from what is there, or of these chunks to what will be there. */
  | { readonly kind: 'read-stream'; readonly source: string | number; readonly options: Options }
  | {
      readonly kind: 'write-stream';
      readonly target: string | number;
      readonly options: Options;
      readonly chunks: readonly string[];
    };

type Options = { readonly [key: string]: string | number | boolean };
export type Argument = string | number | null | readonly (string | number)[] | Options;

export type OpenFileCall =
  | 'read'
  | 'write'
  | 'truncate'
  | 'stat'
  | 'sync'
  | 'datasync'
  | 'chmod'
  | 'chown'
  | 'utimes'
  | 'readv'
  | 'writev'
  | 'readFile'
  | 'writeFile'
  | 'appendFile'
  | 'close';

export const SLOTS = 3;
const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY } = constants;
const { O_SYNC, O_DSYNC, F_OK, R_OK, W_OK, X_OK } = constants;

const form = fc.constantFrom<Form>('sync', 'callback', 'promise');
const name = fc.constantFrom('a', 'b', 'c');
/** Few names, so that operations meet; and the forms of a path that a kernel must take apart with care. */
const relative = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 4, arbitrary: fc.tuple(name, name).map(([a, b]) => `${a}/${b}`) },
  { weight: 1, arbitrary: fc.tuple(name, name, name).map(([a, b, c]) => `${a}/${b}/${c}`) },
  { weight: 1, arbitrary: name.map((a) => `${a}/`) },
  { weight: 1, arbitrary: name.map((a) => `${a}/.`) },
  { weight: 1, arbitrary: fc.tuple(name, name).map(([a, b]) => `${a}/../${b}`) },
);
const path = relative.map((text) => `P:${text}`);
const target = fc.oneof(relative, path, fc.constantFrom('..', '.', '../a', 'nowhere'));
const length = fc.constantFrom(0, 1, 5, 511, 512, 513, 1500);
const chunks = fc.array(
  length.map((count) => 'v'.repeat(count)),
  { minLength: 1, maxLength: 3 },
);
const highWaterMark = fc.constantFrom(64, 512, 65_536);
const position = fc.constantFrom(null, -1, 0, 3, 512, 2000);
const text = fc
  .tuple(fc.constantFrom('x', 'yz', '0123456789'), length)
  .map(([unit, count]) => unit.repeat(count).slice(0, count));
const size = fc.constantFrom(-1, 0, 1, 300, 512, 700, 2048);
/** The user of this process. A user without privileges can't give a file away, but can keep it. */
const SELF = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
// Rights are taken away where root runs this, as whom every simulated program runs: nothing is forbidden to either.
const mode = fc.constantFrom(0o700, 0o755, 0o777, 0o711, ...(SELF.uid === 0 ? [0o444, 0] : []));
const flags = fc.constantFrom<string | number>(
  ...['r', 'rs', 'r+', 'w', 'wx', 'w+', 'wx+', 'a', 'ax', 'a+', 'as', 'as+', 'xw', 'sa'],
  ...[O_RDONLY | O_CREAT, O_RDONLY | O_DIRECTORY, O_RDWR | O_NOFOLLOW, O_WRONLY | O_CREAT | O_EXCL],
  ...[O_WRONLY | O_TRUNC, O_WRONLY | O_APPEND | O_TRUNC, O_RDWR | O_CREAT | O_NOFOLLOW, O_RDWR | O_APPEND],
  ...[O_RDWR | O_CREAT | O_SYNC, O_WRONLY | O_CREAT | O_APPEND | O_DSYNC],
);

const call = (functionName: string, ...args: readonly fc.Arbitrary<Argument>[]): fc.Arbitrary<Operation> =>
  fc.record({
    kind: fc.constant('call' as const),
    form,
    name: fc.constant(functionName),
    args: fc.tuple(...args),
  });

const options = (shape: Record<string, fc.Arbitrary<string | number | boolean>>): fc.Arbitrary<Options> =>
  fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Options>; // a missing key is never undefined
const times = [fc.constantFrom(1, 2.5), fc.constantFrom(3, 1e9)] as const;
const encoding = fc.constantFrom('utf8', 'latin1', 'hex', 'base64', 'utf16le');
const isSet = fc.boolean();

const copyMode = fc.constantFrom(
  ...[0, constants.COPYFILE_EXCL, constants.COPYFILE_FICLONE],
  constants.COPYFILE_FICLONE_FORCE,
);
const seldom = fc.constantFrom(false, false, false, true);
/**
 * How to copy a tree: with a filter that prevents circles, through symbolic links, or into a directory
 * within the source, which `cp` recognises by the text of the paths only. Both disks would end with ENAMETOOLONG.
 */
const copyOptions = options({
  recursive: fc.constantFrom(true, true, true, false),
  dereference: seldom,
  errorOnExist: isSet,
  force: isSet,
  preserveTimestamps: isSet,
  verbatimSymlinks: seldom,
  mode: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, copyMode),
  filter: fc.constantFrom('not b', 'shallow', 'shallow', 'in time'),
}).map((given) => (given.recursive === true ? { filter: 'shallow', ...given } : given));

const byPath: readonly [number, fc.Arbitrary<Operation>][] = [
  [5, call('writeFile', path, text, options({ flag: flags, mode, flush: isSet }))],
  [2, call('appendFile', path, text, options({ flag: flags, mode, flush: isSet }))],
  [1, call('writeFile', path, text, encoding)],
  [2, call('readFile', path)],
  [1, call('readFile', path, options({ encoding, flag: flags }))],
  [3, call('mkdir', path, options({ recursive: isSet, mode }))],
  [2, call('rmdir', path)],
  [2, call('unlink', path)],
  [5, call('rename', path, path)],
  [3, call('link', path, path)],
  [3, call('symlink', target, path)],
  [2, call('readlink', path)],
  [2, call('realpath', path)],
  [2, call('stat', path)],
  [2, call('lstat', path)],
  [1, call('stat', path, options({ bigint: isSet, throwIfNoEntry: isSet }))],
  [1, call('lstat', path, options({ throwIfNoEntry: isSet }))],
  [1, call('access', path, fc.constantFrom(F_OK, R_OK, W_OK, X_OK, R_OK | W_OK | X_OK))],
  [1, call('exists', path)],
  // Recursion recognises a directory by its name's type: it does not go through symbolic links, and so it ends.
  [1, call('readdir', path, fc.constant({ withFileTypes: true, recursive: true }))],
  [2, call('readdir', path, options({ withFileTypes: isSet }))],
  [1, call('readdir', path, options({ encoding }))],
  [1, call('opendir', path)],
  [2, call('truncate', path, size)],
  [1, call('chmod', path, mode)],
  [1, call('utimes', path, ...times)],
  [1, call('lutimes', path, ...times)],
  [1, call('chown', path, fc.constant(SELF.uid), fc.constant(SELF.gid))],
  [1, call('lchown', path, fc.constant(SELF.uid), fc.constant(SELF.gid))],
  [1, call('copyFile', path, path, copyMode)],
  [5, call('cp', path, path, copyOptions)],
  // Not with a slash after a symbolic link: Node's own two implementations then do not agree on what is to go.
  [
    1,
    call(
      'rm',
      path.filter((text) => !text.endsWith('/')),
      options({ recursive: isSet, force: isSet }),
    ),
  ],
  [1, call('mkdtemp', path)],
];

const onOpen = (
  functionName: OpenFileCall,
  ...args: readonly fc.Arbitrary<Argument>[]
): fc.Arbitrary<Operation> =>
  fc.record({
    kind: fc.constant('on-open' as const),
    form: fc.constantFrom<Form>('sync', 'callback'),
    slot: fc.nat(SLOTS - 1),
    name: fc.constant(functionName),
    args: fc.tuple(...args),
  });

const byDescriptor: readonly [number, fc.Arbitrary<Operation>][] = [
  [6, fc.record({ kind: fc.constant('open' as const), form, slot: fc.nat(SLOTS - 1), path, flags })],
  [4, onOpen('write', text, position)],
  [4, onOpen('read', length, position, fc.constantFrom('one by one', 'options', 'options alone'))],
  [1, onOpen('write', text, position, fc.constant('bytes'))],
  [2, onOpen('truncate', size)],
  [2, onOpen('stat')],
  [1, onOpen('sync')],
  [1, onOpen('datasync')],
  [1, onOpen('chmod', mode)],
  [1, onOpen('chown', fc.constant(SELF.uid), fc.constant(SELF.gid))],
  [1, onOpen('utimes', ...times)],
  [1, onOpen('writev', fc.oneof(chunks, fc.constant([])), position)],
  [1, onOpen('readv', fc.array(length, { maxLength: 3 }), position)],
  [1, onOpen('write', text, fc.constantFrom(null, 0, 700), encoding)],
  [1, onOpen('readFile')],
  [1, onOpen('writeFile', text)],
  [1, onOpen('appendFile', text)],
  [3, onOpen('close')],
];

const slot = fc.nat(SLOTS - 1);
const streams: readonly [number, fc.Arbitrary<Operation>][] = [
  [
    2,
    fc.record({
      kind: fc.constant('read-stream' as const),
      source: fc.oneof(path, slot),
      options: options({ start: fc.constantFrom(0, 1, 600), end: fc.constantFrom(700, 2000), highWaterMark }),
    }),
  ],
  [
    2,
    fc.record({
      kind: fc.constant('write-stream' as const),
      target: fc.oneof(path, slot),
      options: options({ flags, mode, start: fc.constantFrom(0, 3, 512), flush: isSet }),
      chunks,
    }),
  ],
];

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  ...[...byPath, ...byDescriptor, ...streams].map(([weight, arbitrary]) => ({ weight, arbitrary })),
);
