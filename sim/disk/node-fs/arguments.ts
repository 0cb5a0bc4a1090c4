/**
 * What Node checks of the arguments of `node:fs` before it asks the system for anything. A wrong argument is thrown, also
 * by the functions that take a callback, and is no step of the life.
 */
import { Buffer } from 'node:buffer';
import { flagsOf } from './fs-sync-calls.js';
import { copyMode } from './trees/copy-file.js';

type Check = (value: unknown) => void;

export const wrongType = (name: string, expected: string, value: unknown): TypeError =>
  Object.assign(
    new TypeError(
      `The "${name}" argument must be ${expected}. Received ${value === null ? 'null' : typeof value}`,
    ),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );

export const outOfRange = (name: string, range: string, value: unknown): RangeError =>
  Object.assign(
    new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`),
    { code: 'ERR_OUT_OF_RANGE' },
  );

export const wrongValue = (message: string): TypeError =>
  Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });

/** @throws TypeError or RangeError unless it is a whole number from `minimum` to `maximum` */
export const checkInteger = (
  value: unknown,
  name: string,
  minimum: number = Number.MIN_SAFE_INTEGER,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number => {
  if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < minimum || value > maximum) throw outOfRange(name, `>= ${minimum} && <= ${maximum}`, value);
  return value;
};

const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

export const checkDescriptor = (value: unknown): number => checkInteger(value, 'fd', 0, INT32_MAX);

export const checkBoolean = (value: unknown, name: string): void => {
  if (typeof value !== 'boolean') throw wrongType(name, 'of type boolean', value);
};

/** null is taken, undefined is not; an array is no options. */
export const checkOptions = (value: unknown): void => {
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    throw wrongType('options', 'of type object', value);
};

type AnyFunction = (...args: unknown[]) => unknown;

export function checkFunction(value: unknown, name: string): asserts value is AnyFunction {
  if (typeof value !== 'function') throw wrongType(name, 'of type function', value);
}

export function checkCallback(value: unknown): asserts value is AnyFunction {
  checkFunction(value, 'cb');
}

const path =
  (name: string): Check =>
  (value) => {
    const isText = typeof value === 'string';
    if (!isText && !(value instanceof Uint8Array) && !(value instanceof URL))
      throw wrongType(name, 'of type string or an instance of Buffer or URL', value);
    const text = isText ? value : value instanceof URL ? decodeURIComponent(value.pathname) : undefined;
    if (text?.includes('\0') ?? (value as Uint8Array).includes(0))
      // neither a text nor a URL
      throw wrongValue(`The argument '${name}' must be a string, Uint8Array, or URL without null bytes.`);
  };

const orDescriptor =
  (check: Check): Check =>
  (value) => {
    if (typeof value !== 'number') check(value);
  };

const mode =
  (otherwise: 'optional' | 'required'): Check =>
  (value) => {
    if (otherwise === 'optional' && (value === undefined || value === null)) return;
    if (typeof value === 'string') {
      if (!/^[0-7]+$/.test(value))
        throw wrongValue(`The argument 'mode' must be a 32-bit unsigned integer or an octal string.`);
      return;
    }
    checkInteger(value, 'mode', 0, UINT32_MAX);
  };

const user =
  (name: string): Check =>
  (value) =>
    void checkInteger(value, name, -1, UINT32_MAX);

const time: Check = (value) => {
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (!(value instanceof Date)) throw wrongType('time', 'of type Date or Time in seconds', value);
};

const size: Check = (value) => {
  if (value !== undefined) checkInteger(value, 'len');
};

const flags: Check = (value) => void flagsOf(value as string, 'r'); // which looks at whatever it is

/** An encoding, or an object that may name one. */
const options: Check = (value) => {
  if (value === undefined || value === null || typeof value === 'function') return;
  if (typeof value !== 'string' && typeof value !== 'object')
    throw wrongType('options', 'of type string or object', value);
  const encoding: unknown = typeof value === 'string' ? value : Reflect.get(value, 'encoding');
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(String(encoding)))
    throw wrongValue(`The argument 'encoding' is invalid encoding. Received '${String(encoding)}'`);
  const opens: unknown = typeof value === 'string' ? undefined : Reflect.get(value, 'flag');
  if (opens) flags(opens);
  const signal: unknown = typeof value === 'string' ? undefined : Reflect.get(value, 'signal');
  if (signal !== undefined && (typeof signal !== 'object' || signal === null || !('aborted' in signal)))
    throw wrongType('options.signal', 'an instance of AbortSignal', signal);
};

const flag =
  (name: string): Check =>
  (value) => {
    options(value);
    const given: unknown = Reflect.get(Object(value), name);
    if (given !== undefined && given !== null) checkBoolean(given, `options.${name}`);
  };

const makes: Check = (value) => {
  if (typeof value === 'number' || typeof value === 'string') return mode('required')(value);
  if (!value) return;
  const recursive: unknown = Reflect.get(Object(value), 'recursive');
  if (recursive !== undefined) checkBoolean(recursive, 'options.recursive');
  const given: unknown = Reflect.get(Object(value), 'mode');
  if (given !== undefined) mode('required')(given);
};

const removes: Check = (value) => {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongType('options', 'of type object', value);
  for (const name of ['force', 'recursive']) {
    const given: unknown = Reflect.get(value, name);
    if (given !== undefined) checkBoolean(given, `options.${name}`);
  }
};

/** What can be written whole, without asking for one part after the other. */
const content: Check = (value) => {
  if (typeof value !== 'string' && !ArrayBuffer.isView(value))
    throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', value);
};

/** As the promised forms have it, too. */
const parts: Check = (value) => {
  const isIterable =
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
  if (!isIterable) content(value);
};

const one = path('path');
/** Node makes a text of whatever it is given here. */
const textual: Check = (value) => one(value instanceof URL ? value : String(value));
const descriptor: Check = (value) => void checkDescriptor(value);
const text: Check = (value) => {
  if (typeof value !== 'string' && !(value instanceof Uint8Array) && !(value instanceof URL))
    throw wrongType('prefix', 'of type string or an instance of Buffer or URL', value);
  path('prefix')(value);
};

/** For each function, by its name without `Sync`, what is looked at in each of its arguments. */
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  access: [one],
  appendFile: [orDescriptor(one), content, flag('flush')],
  chmod: [one, mode('required')],
  chown: [one, user('uid'), user('gid')],
  close: [descriptor],
  copyFile: [path('src'), path('dest'), (value) => void copyMode(value)],
  cp: [path('src'), path('dest')],
  fchmod: [descriptor, mode('required')],
  fchown: [descriptor, user('uid'), user('gid')],
  fdatasync: [descriptor],
  fstat: [descriptor],
  fsync: [descriptor],
  ftruncate: [descriptor, size],
  futimes: [descriptor, time, time],
  lchown: [one, user('uid'), user('gid')],
  link: [path('existingPath'), path('newPath')],
  lstat: [one],
  lutimes: [one, time, time],
  mkdir: [one, makes],
  mkdtemp: [text, options],
  open: [one, flags, mode('optional')],
  opendir: [one, options],
  readFile: [orDescriptor(one), options],
  readdir: [one, flag('recursive')],
  readlink: [one, options],
  realpath: [textual, options],
  rename: [path('oldPath'), path('newPath')],
  rm: [one, removes],
  rmdir: [one],
  stat: [one],
  statfs: [one],
  symlink: [path('target'), one],
  truncate: [orDescriptor(one), size],
  unlink: [one],
  utimes: [one, time, time],
  watch: [one, options],
  writeFile: [orDescriptor(one), content, flag('flush')],
};

/** @throws TypeError or RangeError with Node's code, where Node throws one before it does anything */
export const checkArguments = (name: string, args: readonly unknown[]): void => {
  CHECKS[name]?.forEach((check, index) => {
    check(args[index]);
  });
};

/** The same, of the promised form: a file may be given as a handle, and what is written in parts. */
export const checkPromised = (name: string, args: readonly unknown[]): void => {
  const takesFile = name === 'readFile' || name === 'writeFile' || name === 'appendFile';
  const isHandle = takesFile && typeof args[0] === 'object' && 'fd' in Object(args[0]);
  for (const [index, check] of CHECKS[name]?.entries() ?? []) {
    if (isHandle && index === 0) continue;
    if (index === 0 && (takesFile || name === 'realpath')) one(args[0]);
    else if (index === 1 && name === 'readdir') options(args[1]);
    else if (check === content) parts(args[index]);
    else check(args[index]);
  }
};
