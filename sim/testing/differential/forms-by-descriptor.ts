/** The forms of the functions that take a descriptor, and of a FileHandle's methods. */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { promisify } from 'node:util';
import {
  type Call,
  called,
  type Forms,
  failed,
  method,
  onHandle,
  open,
  plain,
  sync,
} from './form-outcomes.js';

const B = (text: string): Buffer => Buffer.from(text);

/** Arguments after the descriptor of a file that is open for reading. */
const READS: Readonly<Record<string, () => readonly unknown[]>> = {
  '': () => [],
  undefined: () => [undefined],
  null: () => [null],
  options: () => [{ buffer: Buffer.alloc(3), position: 2 }],
  'no buffer in options': () => [{ length: 4, position: 1 }],
  'empty options': () => [{}],
  'a wrong buffer': () => ['text'],
  'a number': () => [5],
  buffer: () => [Buffer.alloc(3)],
  words: () => [new Uint16Array(2)],
  view: () => [new DataView(new ArrayBuffer(6), 2, 3)],
  'buffer, options': () => [Buffer.alloc(5), { offset: 1, length: 2, position: 3 }],
  'buffer, empty options': () => [Buffer.alloc(5), {}],
  'buffer, null': () => [Buffer.alloc(5), null],
  'buffer, undefined': () => [Buffer.alloc(5), undefined],
  'buffer, offset, length, position': () => [Buffer.alloc(5), 1, 2, 3],
  'buffer, offset, length': () => [Buffer.alloc(5), 1, 2],
  'buffer, offset': () => [Buffer.alloc(5), 1],
  'null position': () => [Buffer.alloc(5), 0, 5, null],
  'undefined position': () => [Buffer.alloc(5), 0, 5, undefined],
  'bigint position': () => [Buffer.alloc(5), 0, 5, 4n],
  'position -1': () => [Buffer.alloc(5), 0, 5, -1],
  'position -2': () => [Buffer.alloc(5), 0, 5, -2],
  'half a position': () => [Buffer.alloc(5), 0, 5, 1.5],
  'text position': () => [Buffer.alloc(5), 0, 5, '1'],
  'null offset': () => [Buffer.alloc(5), null, 5, 0],
  'wrong offset': () => [Buffer.alloc(5), '1', 2, 0],
  'negative offset': () => [Buffer.alloc(5), -1, 2, 0],
  'offset beyond': () => [Buffer.alloc(5), 6, 2, 0],
  'length beyond': () => [Buffer.alloc(5), 0, 6, 0],
  'negative length': () => [Buffer.alloc(5), 0, -1, 0],
  'length 0': () => [Buffer.alloc(5), 0, 0, 0],
  'undefined length': () => [Buffer.alloc(5), 0, undefined, 0],
  'empty buffer': () => [Buffer.alloc(0), 0, 1, 0],
  'empty buffer alone': () => [Buffer.alloc(0)],
  'position beyond the end': () => [Buffer.alloc(5), 0, 5, 100],
};

/** Arguments after the descriptor of a file that is open for writing. */
const WRITES: Readonly<Record<string, () => readonly unknown[]>> = {
  text: () => ['XY'],
  'text, position': () => ['XY', 3],
  'text, null': () => ['XY', null],
  'text, undefined': () => ['XY', undefined],
  'text, position, encoding': () => ['5859', 2, 'hex'],
  'text, null, encoding': () => ['5859', null, 'hex'],
  'text, position, a wrong encoding': () => ['XY', 2, 'utf9'],
  'text, position, odd hex': () => ['585', 2, 'hex'],
  'an empty text': () => [''],
  bytes: () => [B('XYZ')],
  words: () => [new Uint16Array([0x4141])],
  view: () => [new DataView(Uint8Array.from(B('WXYZ')).buffer, 0, 3)],
  'bytes, offset': () => [B('XYZ'), 1],
  'bytes, offset, length': () => [B('XYZ'), 1, 1],
  'bytes, offset, length, position': () => [B('XYZ'), 1, 1, 4],
  'bytes, options': () => [B('XYZ'), { offset: 1, length: 1, position: 4 }],
  'bytes, empty options': () => [B('XYZ'), {}],
  'bytes, null': () => [B('XYZ'), null],
  'bytes, null, null, null': () => [B('XYZ'), null, null, null],
  'bytes, undefined, undefined, 2': () => [B('XYZ'), undefined, undefined, 2],
  'bigint position': () => [B('XYZ'), 0, 3, 4n],
  'negative position': () => [B('XYZ'), 0, 3, -1],
  'wrong offset': () => [B('XYZ'), '1', 1],
  'negative offset': () => [B('XYZ'), -1, 1],
  'offset beyond': () => [B('XYZ'), 4],
  'length beyond': () => [B('XYZ'), 0, 4],
  'negative length': () => [B('XYZ'), 0, -1],
  'empty bytes': () => [Buffer.alloc(0)],
  'a number': () => [5],
  null: () => [null],
  'an object': () => [{ toString: () => 'XY' }],
};

const VECTORS: Readonly<Record<string, () => readonly unknown[]>> = {
  buffers: () => [[B('UV'), B('W')]],
  'buffers, position': () => [[B('UV'), new Uint16Array([0x4141])], 3],
  'buffers, null': () => [[B('UV')], null],
  'buffers, undefined': () => [[B('UV')], undefined],
  'buffers, bigint': () => [[B('UV')], 2n],
  'no buffers': () => [[]],
  'an empty buffer': () => [[Buffer.alloc(0)]],
  'no list': () => [B('UV')],
  'a list of texts': () => [['UV']],
  nothing: () => [],
};

export const transfers = (): Forms => {
  const forms: Forms = {};
  const add = (
    name: string,
    flags: string,
    shapes: Readonly<Record<string, () => readonly unknown[]>>,
  ): void => {
    for (const [title, make] of Object.entries(shapes)) {
      const shown = title === '' ? '' : `, ${title}`;
      const also = (args: readonly unknown[]): readonly unknown[] =>
        args.flat().filter((each) => ArrayBuffer.isView(each));
      forms[`${name}(fd${shown}, callback)`] = (root) =>
        open(root, flags, async (fd) => {
          const args = make();
          return [await called(root, name, fd, ...args), plain(also(args), root)];
        });
      forms[`${name}Sync(fd${shown})`] = (root) =>
        open(root, flags, (fd) => {
          const args = make();
          return [sync(root, name, fd, ...args), plain(also(args), root)];
        });
      forms[`FileHandle.${name}(${title})`] = async (root) => {
        const args = make();
        return [await onHandle(root, flags, name, ...args), plain(also(args), root)];
      };
      forms[`promisify(${name})(fd${shown})`] = (root) =>
        open(root, flags, async (fd) => {
          try {
            return plain(await (promisify(Reflect.get(fs, name)) as Call)(fd, ...make()), root);
          } catch (error) {
            return failed(error);
          }
        });
    }
  };
  add('read', 'r', READS);
  add('write', 'r+', WRITES);
  add('readv', 'r', VECTORS);
  add('writev', 'r+', VECTORS);
  return forms;
};

/** Arguments after the descriptor. */
const ON_DESCRIPTOR: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  fchmod: { mode: [0o600], text: ['600'], nothing: [] },
  fchown: { owner: [process.getuid?.(), process.getgid?.()], text: ['root', 'root'] },
  fdatasync: { '': [] },
  fsync: { '': [] },
  fstat: { '': [], bigint: [{ bigint: true }] },
  ftruncate: { '': [], length: [3], negative: [-1], text: ['3'] },
  futimes: { numbers: [1, 2], dates: [new Date(0), new Date(0)], text: ['x', 'y'] },
  readFile: { '': [], encoding: ['latin1'] },
  writeFile: { text: ['x'], bytes: [B('xyz')] },
  appendFile: { text: ['x'] },
};

const HANDLE_NAMES: Readonly<Record<string, string>> = {
  fchmod: 'chmod',
  fchown: 'chown',
  fdatasync: 'datasync',
  fsync: 'sync',
  fstat: 'stat',
  ftruncate: 'truncate',
  futimes: 'utimes',
};

export const onDescriptor = (): Forms => {
  const forms: Forms = {};
  for (const [name, titles] of Object.entries(ON_DESCRIPTOR))
    for (const [title, args] of Object.entries(titles)) {
      const shown = title === '' ? '' : `, ${title}`;
      forms[`${name}(fd${shown}, callback)`] = (root) =>
        open(root, 'r+', (fd) => called(root, name, fd, ...args));
      forms[`${name}Sync(fd${shown})`] = (root) => open(root, 'r+', (fd) => sync(root, name, fd, ...args));
      const own = HANDLE_NAMES[name] ?? name;
      forms[`FileHandle.${own}(${title})`] = (root) => onHandle(root, 'r+', own, ...args);
      forms[`FileHandle.${own}(${title}) once it is closed`] = async (root) => {
        const handle = await fs.promises.open(`${root}/f`, 'r+');
        await handle.close();
        try {
          return await method(handle, own)(...args);
        } catch (error) {
          return Reflect.get(Object(error), 'code');
        }
      };
      if (/File$/.test(name) || title !== Object.keys(titles)[0]) continue; // one thing wrong at a time
      for (const [odd, fd] of Object.entries({
        'no descriptor': 'x',
        'a negative descriptor': -1,
        'a closed descriptor': 9_999,
        'half a descriptor': 1.5,
      })) {
        forms[`${name}(${odd}${shown}, callback)`] = (root) => called(root, name, fd, ...args);
        forms[`${name}Sync(${odd}${shown})`] = (root) => sync(root, name, fd, ...args);
      }
    }
  return forms;
};
