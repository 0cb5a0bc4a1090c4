/** The forms of the functions that take a path, and what may stand for one. */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Forms, three } from './form-outcomes.js';

const B = (text: string): Buffer => Buffer.from(text);

/** Arguments after the path. A title says what is odd about them. */
const BY_PATH: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  access: { '': [], mode: [fs.constants.R_OK], undefined: [undefined] },
  appendFile: {
    text: ['x'],
    bytes: [B('x')],
    'text, encoding': ['78', 'hex'],
    'text, options': ['x', { mode: 0o600, flush: true }],
    'text, null': ['x', null],
    'a number': [1],
    nothing: [],
    'text, a wrong encoding': ['x', 'utf9'],
    'text, a wrong flush': ['x', { flush: 1 }],
  },
  chmod: {
    mode: [0o600],
    'octal text': ['600'],
    nothing: [],
    'no octal text': ['689'],
    'too large': [2 ** 33],
  },
  chown: { owner: [process.getuid?.(), process.getgid?.()], nothing: [], text: ['root', 'root'] },
  lchown: { owner: [process.getuid?.(), process.getgid?.()], text: ['root', 'root'] },
  lstat: { '': [], bigint: [{ bigint: true }] },
  stat: { '': [], bigint: [{ bigint: true }] },
  statfs: { '': [], bigint: [{ bigint: true }] },
  open: {
    '': [],
    flags: ['r+'],
    'flags, mode': ['w', 0o600],
    'flags, octal text': ['a', '600'],
    number: [fs.constants.O_RDWR],
    'null flags': [null],
    'wrong flags': ['q'],
    'flags, wrong mode': ['w', '9'],
  },
  readFile: {
    '': [],
    encoding: ['latin1'],
    options: [{ encoding: 'hex', flag: 'r+' }],
    null: [null],
    undefined: [undefined],
    'a wrong encoding': ['utf9'],
    'a number': [5],
    'a wrong signal': [{ signal: 1 }],
    'a wrong flag': [{ flag: 'q' }],
  },
  readlink: { '': [], encoding: ['hex'] },
  realpath: { '': [], encoding: ['latin1'], options: [{ encoding: 'buffer' }], 'a wrong encoding': ['utf9'] },
  rm: { '': [], options: [{ force: true }], 'a wrong force': [{ force: 1 }], null: [null] },
  truncate: { '': [], length: [3], 'a negative length': [-3], text: ['3'], 'half a byte': [0.5] },
  unlink: { '': [] },
  utimes: {
    numbers: [1, 2],
    dates: [new Date(0), new Date(1)],
    texts: ['1', '2'],
    nothing: [],
    'no number': ['x', 'y'],
    infinity: [Number.POSITIVE_INFINITY, 1],
  },
  lutimes: { numbers: [1, 2], 'no number': ['x', 'y'] },
  writeFile: {
    text: ['x'],
    bytes: [B('xyz')],
    words: [new Uint16Array([0x4141, 0x4242])],
    view: [new DataView(new ArrayBuffer(3), 1)],
    'text, encoding': ['7879', 'hex'],
    'text, options': ['x', { mode: 0o600, flag: 'a', flush: true }],
    'an empty text': [''],
    'a number': [1],
    null: [null],
    object: [{}],
    'text, a wrong encoding': ['x', 'utf9'],
    'text, a wrong flush': ['x', { flush: 'yes' }],
    'text, a wrong flag': ['x', { flag: 'q' }],
  },
};

const IN_DIRECTORY: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  readdir: {
    '': [],
    encoding: ['hex'],
    buffer: ['buffer'],
    types: [{ withFileTypes: true }],
    'types in bytes': [{ withFileTypes: true, encoding: 'buffer' }],
    recursive: [{ recursive: true }],
    null: [null],
    'a wrong recursive': [{ recursive: 1 }],
  },
  opendir: { '': [], encoding: ['utf8'], options: [{ bufferSize: 1 }], 'a wrong encoding': ['utf9'] },
  rmdir: { '': [], options: [{}] },
};

const TO_MAKE: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  mkdir: {
    '': [],
    mode: [0o700],
    'octal text': ['700'],
    recursive: [{ recursive: true }],
    'options mode': [{ mode: '0700' }],
    null: [null],
    'a wrong recursive': [{ recursive: 1 }],
    'a wrong mode': ['9'],
  },
};

const BETWEEN: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  copyFile: { '': [], mode: [fs.constants.COPYFILE_EXCL], 'a wrong mode': [9], text: ['x'] },
  cp: { '': [], options: [{ force: true }], 'a wrong force': [{ force: 1 }], text: ['x'] },
  link: { '': [] },
  rename: { '': [] },
  symlink: { '': [], type: ['file'], null: [null] },
};

export const byPath = (): Forms => {
  const forms: Forms = {};
  const at = (root: string, name: string): string =>
    `${root}/${name === 'readlink' || name === 'lchown' || name === 'lutimes' ? 's' : 'f'}`;
  for (const [name, titles] of Object.entries(BY_PATH))
    for (const [title, args] of Object.entries(titles))
      three(forms, name, `path${title === '' ? '' : `, ${title}`}`, (root) => [at(root, name), ...args]);
  for (const [name, titles] of Object.entries(IN_DIRECTORY))
    for (const [title, args] of Object.entries(titles)) {
      const path = name === 'rmdir' ? 'd/../empty' : 'd';
      three(forms, name, `directory${title === '' ? '' : `, ${title}`}`, (root) => {
        if (name === 'rmdir') fs.mkdirSync(`${root}/empty`);
        return [`${root}/${path}`, ...args];
      });
    }
  for (const [name, titles] of Object.entries(TO_MAKE))
    for (const [title, args] of Object.entries(titles))
      three(forms, name, `new path${title === '' ? '' : `, ${title}`}`, (root) => [`${root}/new`, ...args]);
  for (const [name, titles] of Object.entries(BETWEEN))
    for (const [title, args] of Object.entries(titles))
      three(forms, name, `from, to${title === '' ? '' : `, ${title}`}`, (root) => [
        `${root}/f`,
        `${root}/to`,
        ...args,
      ]);
  for (const [title, args] of Object.entries({
    '': [],
    encoding: ['utf8'],
    buffer: [{ encoding: 'buffer' }],
    'a wrong encoding': ['utf9'],
  }))
    three(forms, 'mkdtemp', `prefix${title === '' ? '' : `, ${title}`}`, (root) => [`${root}/t-`, ...args]);
  return forms;
};

/** What may stand for a path, and what may not, in each function that takes one. */
export const paths = (): Forms => {
  const forms: Forms = {};
  const odd: Readonly<Record<string, (root: string) => unknown>> = {
    'bytes for a path': (root) => Buffer.from(`${root}/f`),
    'a URL for a path': (root) => pathToFileURL(`${root}/f`),
    'undefined for a path': () => undefined,
    'null for a path': () => null,
    'an object for a path': () => ({}),
    'a number for a path': () => 1e6,
    'an empty path': () => '',
    'a path with a zero byte': (root) => `${root}/f\0g`,
    'a path that leads nowhere': (root) => `${root}/nowhere/f`,
  };
  const after: Readonly<Record<string, readonly unknown[]>> = {
    chmod: [0o600],
    chown: [0, 0],
    lchown: [0, 0],
    utimes: [1, 2],
    lutimes: [1, 2],
    writeFile: ['x'],
    appendFile: ['x'],
  };
  const names = [...Object.keys(BY_PATH), ...Object.keys(IN_DIRECTORY), 'mkdir', 'exists'];
  for (const name of names)
    for (const [title, path] of Object.entries(odd)) {
      if (title.startsWith('a number') && /^(readFile|writeFile|appendFile|truncate)$/.test(name)) continue; // a descriptor
      if ((name === 'chown' || name === 'lchown') && process.getuid?.() !== 0) continue;
      if (name === 'realpath' && title === 'an empty path') continue; // where it is run, which no two machines share
      three(forms, name, title, (root) => [path(root), ...(after[name] ?? [])]);
    }
  for (const name of Object.keys(BETWEEN))
    for (const [title, path] of Object.entries(odd)) {
      if (name === 'cp' && title.startsWith('bytes')) continue; // documented, and yet Node 20 throws
      three(forms, name, `from, ${title}`, (root) => [`${root}/f`, path(root)]);
      if (name !== 'symlink') three(forms, name, `${title}, to`, (root) => [path(root), `${root}/to`]);
    }
  return forms;
};
