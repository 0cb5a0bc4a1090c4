/** The forms in which streams are made, and all that they say. */
import type { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { inherits } from 'node:util';
import { type Call, type Forms, failed, method, plain } from './form-outcomes.js';

const STREAM_OPTIONS: Readonly<Record<string, unknown>> = {
  encoding: 'hex',
  range: { start: 2, end: 5 },
  small: { highWaterMark: 3 },
  'a wrong start': { start: 'x' },
  'start after end': { start: 5, end: 2 },
  'no options': undefined,
  null: null,
  'a number': 5,
  'a wrong encoding': 'utf9',
  'not closed by itself': { autoClose: false },
  'no close event': { emitClose: false },
};

const OPEN = new Set(['not closed by itself', 'no close event']);

/** What a stream says, in its order: up to its last event, where it closes, or to its end. */
const events = (stream: fs.ReadStream | fs.WriteStream, root: string, closes: boolean): Promise<unknown> => {
  const told: unknown[] = [
    stream instanceof fs.ReadStream,
    stream instanceof fs.WriteStream,
    stream.pending,
    plain(stream.path, root),
  ];
  for (const name of ['open', 'ready', 'end', 'finish', 'error'])
    (stream as EventEmitter).on(name, (value: unknown) =>
      told.push(name, value instanceof Error ? failed(value) : typeof value),
    );
  return new Promise((resolve) => {
    (stream as EventEmitter).on('close', () => resolve([...told, 'close', stream.pending]));
    const last = stream instanceof fs.ReadStream ? 'end' : 'finish';
    if (!closes) (stream as EventEmitter).on(last, () => resolve(told));
    if (stream instanceof fs.ReadStream) stream.on('data', (chunk) => told.push(chunk.toString()));
    else {
      stream.write('one');
      stream.end('two');
    }
  });
};

export const streams = (): Forms => {
  const forms: Forms = {};
  for (const name of [
    'createReadStream',
    'createWriteStream',
    'ReadStream',
    'WriteStream',
    'FileReadStream',
    'FileWriteStream',
  ])
    for (const [title, options] of Object.entries(STREAM_OPTIONS)) {
      const make = (root: string, path: string): unknown => {
        try {
          return events(
            method(fs, name)(`${root}/${path}`, options) as fs.ReadStream,
            root,
            !OPEN.has(title),
          ); // or a WriteStream
        } catch (error) {
          return failed(error);
        }
      };
      forms[`${name}(path, ${title})`] = (root) => make(root, 'f');
      if (title === 'no options') forms[`${name}(a path that leads nowhere)`] = (root) => make(root, 'x/y');
    }
  return forms;
};

type Made = fs.ReadStream | fs.WriteStream;

// The file is there before any life: what it defines was defined early.
class Counting extends fs.WriteStream {
  lines = 0;
  line(text: string): boolean {
    this.lines += 1;
    return this.write(`${text}\n`);
  }
}

class Shouting extends fs.ReadStream {
  override push(chunk: unknown): boolean {
    return super.push(chunk === null ? null : String(chunk).toUpperCase());
  }
}

type Constructor = new (path: string, options?: object) => Made;
// Node's types hide that the two classes are called with a path and options.
const [CountingStream, ShoutingStream] = [Counting, Shouting] as unknown as readonly [
  new (path: string, options?: object) => Counting,
  new (path: string, options?: object) => Shouting,
];

/** A subclass as it was written before ES2015. */
const applied = (base: 'ReadStream' | 'WriteStream'): Constructor => {
  const parent: unknown = fs[base];
  function Own(this: object, ...args: unknown[]): unknown {
    const self = this instanceof Own ? this : Object.create(Own.prototype);
    Reflect.apply(parent as () => unknown, self, args); // one of Node's two classes, which take it
    return self;
  }
  Own.prototype = Object.create(fs[base].prototype);
  return Own as unknown as Constructor; // a function with a prototype is one
};

const inherited = (): Constructor => {
  function Own(this: Made, ...args: unknown[]): void {
    Reflect.apply(fs.WriteStream as unknown as () => unknown, this, args); // as above
  }
  inherits(Own, fs.WriteStream);
  return Own as unknown as Constructor;
};

/** As graceful-fs opens a stream's file: by a method of its own, which a stream of Node waits for. */
const opening = (base: 'ReadStream' | 'WriteStream', told: unknown[]): Constructor => {
  const Own = applied(base);
  Own.prototype.open = function (this: Made & { flags: string; mode: number; fd: number | null }) {
    fs.open(String(this.path), this.flags, this.mode, (error, fd) => {
      told.push('opened by its own method');
      if (error) {
        this.destroy();
        return void (this as EventEmitter).emit('error', error);
      }
      this.fd = fd;
      (this as EventEmitter).emit('open', fd);
      (this as EventEmitter).emit('ready');
    });
  };
  return Own;
};

const owned = (told: unknown[]): object => {
  const spy =
    (name: string): Call =>
    (...args) => {
      told.push(name);
      return method(fs, name)(...args);
    };
  return Object.fromEntries(['open', 'read', 'write', 'close', 'fsync'].map((name) => [name, spy(name)]));
};

/** With another `fs.write` for as long as `use` takes. */
const withWrite = async (write: Call, use: () => unknown): Promise<unknown> => {
  const before = fs.write;
  Reflect.set(fs, 'write', write);
  try {
    return await use();
  } finally {
    Reflect.set(fs, 'write', before);
  }
};

/** How programs extend the two classes, and what they give them to work with. */
export const EXTENDED: Forms = {
  'extends WriteStream': async (root) => {
    const stream = new CountingStream(`${root}/f`, { flags: 'a' });
    stream.line('three');
    return [await events(stream, root, true), stream.lines, stream instanceof Counting];
  },
  'extends ReadStream': (root) => events(new ShoutingStream(`${root}/f`, { end: 3 }), root, true),
  'extends WriteStream in the life': (root) => {
    class Own extends fs.WriteStream {}
    return events(new (Own as unknown as Constructor)(`${root}/new`), root, true);
  },
  'applies ReadStream': async (root) => {
    const Own = applied('ReadStream');
    const stream = new Own(`${root}/f`);
    return [await events(stream, root, true), stream instanceof Own];
  },
  'applies WriteStream': async (root) => {
    const Own = applied('WriteStream');
    const stream = Reflect.apply(Own, undefined, [`${root}/f`, { flags: 'a' }]);
    return [await events(stream, root, true), stream instanceof Own];
  },
  'inherits from WriteStream': (root) => events(new (inherited())(`${root}/f`), root, true),
  'opens by its own method, to read': async (root) => {
    const told: unknown[] = [];
    return [await events(new (opening('ReadStream', told))(`${root}/f`), root, true), told];
  },
  'opens by its own method, to write': async (root) => {
    const told: unknown[] = [];
    return [await events(new (opening('WriteStream', told))(`${root}/f`), root, true), told];
  },
  'opens by its own method what is not there': async (root) => {
    const told: unknown[] = [];
    return [await events(new (opening('ReadStream', told))(`${root}/x/y`), root, true), told];
  },
  'overrides _write': async (root) => {
    const stream = fs.createWriteStream(`${root}/f`);
    const real = stream._write;
    stream._write = (chunk, encoding, done) =>
      real.call(stream, Buffer.from(String(chunk).toUpperCase()), encoding, done);
    return events(stream, root, true);
  },
  'is given functions to read with': async (root) => {
    const told: unknown[] = [];
    const stream = fs.createReadStream(`${root}/f`, { fs: owned(told) } as object);
    return [await events(stream, root, true), told];
  },
  'is given functions to write with': async (root) => {
    const told: unknown[] = [];
    const stream = fs.createWriteStream(`${root}/f`, { fs: owned(told), flush: true } as object);
    return [await events(stream, root, true), told];
  },
  'finds another fs.write': async (root) => {
    const told: unknown[] = [];
    const real: unknown = fs.write;
    const spy: Call = (...args) => {
      told.push('write');
      return Reflect.apply(real as Call, fs, args); // as it was
    };
    return [await withWrite(spy, () => events(fs.createWriteStream(`${root}/f`), root, true)), told];
  },
  'has a signal': async (root) => {
    const off = new AbortController();
    const stream = fs.createReadStream(`${root}/f`, { signal: off.signal });
    stream.on('open', () => off.abort());
    return events(stream, root, true);
  },
  'is on a descriptor': async (root) => {
    const fd = fs.openSync(`${root}/f`, 'r+');
    const read = await events(fs.createReadStream('', { fd, autoClose: false, start: 4 }), root, false);
    return [read, await events(fs.createWriteStream('', { fd, start: 4 }), root, true)];
  },
  'is closed while it writes': async (root) => {
    const stream = fs.createWriteStream(`${root}/f`);
    stream.write('one');
    const error = await new Promise((resolve) => stream.close(resolve));
    return [error ?? 'no error', stream.bytesWritten, stream.closed, stream.destroyed];
  },
};
