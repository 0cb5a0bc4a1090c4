/**
 * The forms in which Node takes the arguments of the functions of `node:fs`, as small programs below a directory that holds
 * a file `f`, a directory `d` with a file `a`, and a symbolic link `s` to `f`. Each gives plain data that can be compared.
 */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import {
  type Call,
  called,
  type Form,
  type Forms,
  failed,
  method,
  plain,
  promised,
  sync,
} from './form-outcomes.js';
import { onDescriptor, transfers } from './forms-by-descriptor.js';
import { byPath, paths } from './forms-by-path.js';
import { EXTENDED, streams } from './forms-of-streams.js';

/** What later Nodes answer otherwise. The simulated disk answers as Node 20 does, whichever runs it. */
export const OTHERWISE_LATER: Readonly<Record<string, string>> = {
  cpSync: 'Since Node 22 it is another implementation, with other errors.',
  'FileHandle.read':
    'Since Node 24 it takes a bigint for a position and refuses what is none; before it read where the descriptor was.',
};

/** What Node has and no form below tries, with the reason. */
export const NODES_OWN: Readonly<Record<string, string>> = {
  _toUnixTimestamp: 'Touches no disk.',
  Dirent: 'Is made by readdir.',
  Stats: 'Is made by stat.',
  Dir: 'Is made by opendir.',
  openAsBlob: 'Refused: the runtime itself reads it, past every function of node:fs.',
  openAsBlobSync: 'As openAsBlob.',
  watch: 'Tells of changes: its own tests hold it against the real one.',
  watchFile: 'Tells of changes: its own tests hold it against the real one.',
  unwatchFile: 'Tells of changes: its own tests hold it against the real one.',
  'promises.watch': 'Tells of changes: its own tests hold it against the real one.',
  mkdtempDisposableSync: 'On Node 24 only.',
  'promises.mkdtempDisposable': 'On Node 24 only.',
  Utf8Stream: 'A class of Node 24 that writes by fs.write and its kin.',
  glob: 'Refused: its patterns are not in the oldest Node that we run on.',
  globSync: 'As glob.',
  'promises.glob': 'As glob.',
};

const B = (text: string): Buffer => Buffer.from(text);

const text = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array)); // of a file
  return Buffer.concat(chunks).toString();
};

const OTHERS: Forms = {
  'close(fd, callback)': (root) => called(root, 'close', fs.openSync(`${root}/f`, 'r')),
  'close(fd)': (root) => ['gave', Reflect.apply(fs.close, fs, [fs.openSync(`${root}/f`, 'r')])],
  'close(no descriptor, callback)': (root) => called(root, 'close', 'x'),
  'closeSync(fd)': (root) => sync(root, 'close', fs.openSync(`${root}/f`, 'r')),
  'closeSync(a closed descriptor)': (root) => sync(root, 'close', 9_999),
  'stat(path) without a callback': (root) => {
    try {
      return Reflect.apply(fs.stat, fs, [root]);
    } catch (error) {
      return failed(error);
    }
  },
  'stat(path, callback, more)': (root) =>
    new Promise((resolve) =>
      Reflect.apply(fs.stat, fs, [`${root}/f`, (...told: unknown[]) => resolve(plain(told, root)), 'more']),
    ),
  'statSync(nothing there, throwIfNoEntry)': (root) =>
    sync(root, 'stat', `${root}/x`, { throwIfNoEntry: false }),
  'lstatSync(nothing there, throwIfNoEntry)': (root) =>
    sync(root, 'lstat', `${root}/x`, { throwIfNoEntry: false }),
  'exists(path)': async (root) => [
    await (promisify(Reflect.get(fs, 'exists')) as Call)(`${root}/f`),
    await (promisify(Reflect.get(fs, 'exists')) as Call)(`${root}/x`),
  ],
  'exists(path, callback)': (root) => called(root, 'exists', `${root}/f`),
  'existsSync()': (root) => sync(root, 'exists'),
  'promisify(readFile)(path)': (root) =>
    (promisify(Reflect.get(fs, 'readFile')) as Call)(`${root}/f`, 'utf8'),
  'promisify(stat)(path)': async (root) =>
    plain(await (promisify(Reflect.get(fs, 'stat')) as Call)(`${root}/f`), root),
  'realpath.native(path, callback)': (root) =>
    new Promise((resolve) => fs.realpath.native(`${root}/s`, (...told) => resolve(plain(told, root)))),
  'realpathSync.native(path)': (root) => plain(fs.realpathSync.native(`${root}/s`), root),
  'promises.constants': () => Object.keys(fs.promises.constants ?? {}).length,
  constants: () => [fs.constants.O_CREAT, Reflect.get(fs, 'R_OK'), Reflect.get(fs, 'F_OK')],
  'promises.writeFile(path, iterable)': (root) =>
    promised(root, 'writeFile', `${root}/f`, ['a', 'b', B('c')]),
  'promises.writeFile(path, generator)': (root) =>
    promised(
      root,
      'writeFile',
      `${root}/f`,
      (async function* () {
        yield 'one';
        yield B('two');
      })(),
    ),
  'promises.writeFile(path, stream)': (root) =>
    promised(root, 'writeFile', `${root}/f`, Readable.from(['one', 'two'])),
  'promises.writeFile(path, iterable of numbers)': (root) => promised(root, 'writeFile', `${root}/f`, [1, 2]),
  'promises.appendFile(path, iterable)': (root) => promised(root, 'appendFile', `${root}/f`, ['a', 'b']),
  'promises.writeFile(handle)': (root) =>
    fs.promises
      .open(`${root}/f`, 'r+')
      .then(async (file) => [await promised(root, 'writeFile', file, 'xy'), await file.close()]),
  'promises.appendFile(handle)': (root) =>
    fs.promises
      .open(`${root}/f`, 'a')
      .then(async (file) => [await promised(root, 'appendFile', file, 'xy'), await file.close()]),
  'promises.readFile(handle)': (root) =>
    fs.promises
      .open(`${root}/f`, 'r')
      .then(async (file) => [await promised(root, 'readFile', file, 'utf8'), await file.close()]),
  'promises.readFile(path, signal)': (root) =>
    promised(root, 'readFile', `${root}/f`, { signal: new AbortController().signal }),
  'promises.lchmod(path)': (root) => promised(root, 'lchmod', `${root}/f`, 0o600),
  'FileHandle is an emitter': async (root) => {
    const file = await fs.promises.open(`${root}/f`, 'r');
    const told: unknown[] = [file.constructor.name, typeof Reflect.get(file, Symbol.asyncDispose)];
    method(file, 'on')('close', () => told.push('close'));
    await file.close();
    return [...told, file.fd];
  },
  'FileHandle.readLines()': async (root) => {
    fs.writeFileSync(`${root}/f`, 'one\ntwo\n');
    const lines: string[] = [];
    for await (const line of (await fs.promises.open(`${root}/f`, 'r')).readLines()) lines.push(line);
    return lines;
  },
  'FileHandle.createReadStream(options)': async (root) =>
    text((await fs.promises.open(`${root}/f`, 'r')).createReadStream({ start: 2, end: 5 })),
  'FileHandle.createWriteStream(options)': async (root) => {
    const stream = (await fs.promises.open(`${root}/f`, 'r+')).createWriteStream({ start: 2 });
    stream.end('XY');
    await finished(stream);
    return stream.bytesWritten;
  },
  'FileHandle.readableWebStream()': async (root) => {
    const file = await fs.promises.open(`${root}/f`, 'r');
    const read = await text(file.readableWebStream() as AsyncIterable<unknown>);
    let again: unknown;
    try {
      file.readableWebStream();
    } catch (error) {
      again = Reflect.get(Object(error), 'code');
    }
    await file.close();
    return [read, again];
  },
  'createReadStream(undefined, { fd: FileHandle })': async (root) => {
    const file = await fs.promises.open(`${root}/f`, 'r');
    const stream = fs.createReadStream('', { fd: file });
    return [await text(stream), file.fd, stream instanceof fs.ReadStream];
  },
  'createReadStream(undefined, { fd: FileHandle, fs })': async (root) => {
    const file = await fs.promises.open(`${root}/f`, 'r');
    try {
      return [typeof fs.createReadStream('', { fd: file, fs })];
    } catch (error) {
      return failed(error);
    } finally {
      await file.close();
    }
  },
  'opendir(path) and read(callback)': async (root) => {
    const directory = fs.opendirSync(`${root}/d`);
    const told: unknown[] = [];
    for (let left = 2; left > 0; left--)
      told.push(
        await new Promise((resolve) => directory.read((...results) => resolve(plain(results, root)))),
      );
    await new Promise<void>((resolve) => directory.close(() => resolve()));
    for (const name of ['read', 'readSync', 'close', 'closeSync'])
      try {
        told.push(await method(directory, name)());
      } catch (error) {
        told.push([name, failed(error)]);
      }
    return told;
  },
  'opendirSync(path)': async (root) => {
    const directory = fs.opendirSync(`${root}/d`);
    const busy = directory.read();
    let told: unknown;
    try {
      directory.readSync();
    } catch (error) {
      told = failed(error);
    }
    return [
      plain(await busy, root),
      told,
      plain(directory.readSync(), root),
      directory.closeSync(),
      directory.constructor === fs.Dir,
    ];
  },
};

export const FORMS: Readonly<Record<string, Form>> = {
  ...byPath(),
  ...paths(),
  ...transfers(),
  ...onDescriptor(),
  ...streams(),
  ...EXTENDED,
  ...OTHERS,
};
