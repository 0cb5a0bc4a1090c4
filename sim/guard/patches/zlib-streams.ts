/**
 * The streams of `node:zlib`, and those based on them (`CompressionStream`). Node compresses each piece on another thread.
 * A life compresses a piece at once, and the stream gets the result by the life's own schedule.
 */
import zlib from 'node:zlib';
import { active } from '../../process/active-life.js';
import { type Callable, put } from '../patch.js';

/** Node's native half of a stream: it works in both ways, and tells of an error by `onerror`. */
interface Engine {
  onerror: Callable;
  readonly writeSync: Callable;
}

/** What an engine calls when a piece is done: told to it when it is made. */
const done = new WeakMap<Engine, Callable>();

const patchPrototype = (prototype: object): void => {
  const realInit = Reflect.get(prototype, 'init') as Callable; // every engine's, as the next
  const realWrite = Reflect.get(prototype, 'write') as Callable;
  put(prototype, 'init', function (this: Engine, ...args: unknown[]) {
    const callback = args.find((argument) => typeof argument === 'function');
    if (callback !== undefined) done.set(this, callback as Callable); // found to be one
    return Reflect.apply(realInit, this, args);
  });
  put(prototype, 'write', function (this: Engine, ...args: unknown[]) {
    const { life } = active;
    const callback = done.get(this);
    if (life === undefined || callback === undefined) return Reflect.apply(realWrite, this, args);
    const { onerror } = this;
    let failure: readonly unknown[] | undefined;
    this.onerror = (...told) => {
      failure = told;
    };
    try {
      Reflect.apply(this.writeSync, this, args);
    } finally {
      this.onerror = onerror;
    }
    life.schedule(0, () => {
      if (failure === undefined) Reflect.apply(callback, this, []);
      else Reflect.apply(onerror, this, failure);
    });
    return undefined;
  });
};

const CLASSES = [
  ...[
    'BrotliCompress',
    'BrotliDecompress',
    'Deflate',
    'DeflateRaw',
    'Gunzip',
    'Gzip',
    'Inflate',
    'InflateRaw',
  ],
  ...['Unzip', 'ZstdCompress', 'ZstdDecompress'],
];

/** Serves the streams of every class that `node:zlib` has. */
export const patchZlibStreams = (): void => {
  const patched = new Set<object>();
  for (const name of CLASSES) {
    const Stream: unknown = Reflect.get(zlib, name);
    if (typeof Stream !== 'function') continue;
    const stream: unknown = Reflect.construct(Stream, []);
    const engine: unknown = Reflect.get(Object(stream), '_handle');
    if (typeof engine !== 'object' || engine === null) continue;
    const prototype: object = Object.getPrototypeOf(engine);
    if (!patched.has(prototype)) patchPrototype(prototype);
    patched.add(prototype);
    Reflect.apply(Reflect.get(Object(stream), 'close'), stream, []);
  }
};
