/**
 * Descriptors 0, 1 and 2 of a life's process, which are no files of its disk: the input is at its end, and what is written to
 * the others is shown where `console.log` is.
 */
import { Buffer } from 'node:buffer';
import type { GuardedLife } from '../../process/guarded-life.js';
import { callBack } from '../../process/simulated-process.js';
import type { Callable } from '../patch.js';

const INPUT = 0;
const OUTPUTS: ReadonlySet<unknown> = new Set([1, 2]);

interface Transfer {
  readonly bytes: number;
  /** The callback's argument after the count. */
  readonly data: unknown;
}

const lengthOf = (data: unknown): number => (ArrayBuffer.isView(data) ? data.byteLength : 0);

/** As `fs.write` counts: of `(fd, string, position, encoding)`, `(fd, buffer, offset, length)` and `(fd, buffer, options)`. */
const written = ([, data, second, third]: readonly unknown[]): Transfer => {
  if (typeof data === 'string') {
    const encoding = typeof third === 'string' && Buffer.isEncoding(third) ? third : 'utf8';
    return { bytes: Buffer.byteLength(data, encoding), data };
  }
  if (Array.isArray(data)) return { bytes: data.reduce((sum, part) => sum + lengthOf(part), 0), data };
  const isOptions = typeof second === 'object' && second !== null;
  const offset = Number((isOptions ? Reflect.get(second, 'offset') : second) ?? 0);
  const length = isOptions ? Reflect.get(second, 'length') : third;
  return { bytes: typeof length === 'number' ? length : lengthOf(data) - offset, data };
};

const CALLS: ReadonlySet<string> = new Set(['write', 'writev', 'read', 'readv']);

/** The file's whole content at once. */
const ofWhole = (
  name: string,
  [fd, options]: readonly unknown[],
): { readonly value: unknown } | undefined => {
  if (name === 'readFileSync' && fd === INPUT) {
    const encoding = typeof options === 'string' ? options : Reflect.get(Object(options), 'encoding');
    return { value: encoding ? '' : Buffer.alloc(0) };
  }
  if ((name === 'writeFileSync' || name === 'appendFileSync') && OUTPUTS.has(fd)) return { value: undefined };
  return undefined;
};

/** What a call of `node:fs` on one of them returns; undefined where it is none. */
export const standardCall = (
  life: GuardedLife,
  name: string,
  args: readonly unknown[],
  original: Callable,
): { readonly value: unknown } | undefined => {
  const [fd] = args;
  if (fd !== INPUT && !OUTPUTS.has(fd)) return undefined;
  const isSync = name.endsWith('Sync');
  const base = isSync ? name.slice(0, -'Sync'.length) : name;
  const isWrite = base.startsWith('write') || base.startsWith('append');
  if (isWrite !== OUTPUTS.has(fd)) return undefined;
  if (isSync && isWrite && life.prints === true) return { value: original(...args) };
  if (!CALLS.has(base)) return ofWhole(name, args);
  const done = args.at(-1);
  const { bytes, data } = isWrite ? written(args) : { bytes: 0, data: args[1] };
  if (isSync) return { value: bytes };
  if (typeof done !== 'function') return undefined;
  if (isWrite && life.prints === true) original(...args.slice(0, -1), () => undefined);
  life.schedule(0, () => callBack(life, () => Reflect.apply(done, undefined, [null, bytes, data])));
  return { value: undefined };
};
