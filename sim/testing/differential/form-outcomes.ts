/** The outcome of a form of a function of `node:fs`, as plain data that is comparable between disks. */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';

/** @param root the directory's path */
export type Form = (root: string) => unknown;
export type Forms = Record<string, Form>;

export type Call = (...args: unknown[]) => unknown;

const shown = (text: string, root: string): string =>
  text.replaceAll(root, '<root>').replace(/(t-).{6}$/, '$1......');

/** Plain data; the directory's own path and what differs from run to run are left out. */
export const plain = (value: unknown, root: string): unknown => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return shown(value, root);
  if (ArrayBuffer.isView(value))
    return [
      value.constructor.name,
      shown(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'), root),
    ];
  if (Array.isArray(value)) return value.map((each) => plain(each, root));
  if (value instanceof fs.Stats)
    return [
      'Stats',
      value.isFile(),
      value.isDirectory(),
      value.isSymbolicLink(),
      value.isFile() ? value.size : 0,
      Object.keys(value).join(),
    ];
  if (value instanceof fs.Dirent)
    return [
      'Dirent',
      plain(value.name, root),
      plain(value.parentPath, root),
      value.isFile(),
      value.isDirectory(),
      Object.keys(value).join(),
    ];
  if (value instanceof fs.Dir) return ['Dir', plain(value.path, root)];
  if (value instanceof Error) return failed(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('mtimeNs' in value || 'bavail' in value)
    return [value.constructor.name, Object.entries(value).map(([name, each]) => [name, typeof each])];
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    return value.constructor.name;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each, root)]));
};

export const failed = (error: unknown): readonly unknown[] => {
  const { name, code, syscall } = Object(error);
  return [name, code, typeof code === 'string' && /^E[A-Z]+$/.test(code) && syscall !== undefined];
};

export const method = (owner: object, name: string): Call => {
  const found: unknown = Reflect.get(owner, name);
  if (typeof found !== 'function') throw new Error(`There is no ${name}.`);
  return (...args) => Reflect.apply(found, owner, args);
};

/** Which number a descriptor has is for no program to rely on. */
const told = (name: string, result: unknown, root: string): unknown => {
  if (name !== 'open' || typeof result !== 'number') return plain(result, root);
  fs.closeSync(result);
  return 'a descriptor';
};

/** Some callbacks are given one more argument in Node, which is undefined. */
const withoutNothing = (results: readonly unknown[]): readonly unknown[] =>
  results.at(-1) === undefined ? results.slice(0, -1) : results;

/** The synchronous form. */
export const sync = (root: string, name: string, ...args: unknown[]): unknown => {
  try {
    return ['gave', told(name, method(fs, `${name}Sync`)(...args), root)];
  } catch (error) {
    return ['threw', failed(error)];
  }
};

/** What a function calls back with, or throws at once. */
export const called = (root: string, name: string, ...args: unknown[]): Promise<unknown> => {
  return new Promise((resolve) => {
    try {
      method(fs, name)(...args, (...results: unknown[]) =>
        resolve(['called back', ...withoutNothing(results).map((result) => told(name, result, root))]),
      );
    } catch (error) {
      resolve(['threw', failed(error)]);
    }
  });
};

export const promised = async (root: string, name: string, ...args: unknown[]): Promise<unknown> => {
  let result: unknown;
  try {
    result = method(fs.promises, name)(...args);
  } catch (error) {
    return ['threw', failed(error)];
  }
  try {
    return ['gave', plain(await result, root)];
  } catch (error) {
    return ['rejected', failed(error)];
  }
};

export const onHandle = async (
  root: string,
  flags: string,
  name: string,
  ...args: unknown[]
): Promise<unknown> => {
  const handle = await fs.promises.open(`${root}/f`, flags);
  try {
    return ['gave', plain(await method(handle, name)(...args), root)];
  } catch (error) {
    return ['rejected', failed(error)];
  } finally {
    await handle.close();
  }
};

/** With the file open for as long as `use` takes. */
export const open = async (root: string, flags: string, use: (fd: number) => unknown): Promise<unknown> => {
  const fd = fs.openSync(`${root}/f`, flags);
  try {
    return await use(fd);
  } finally {
    fs.closeSync(fd);
  }
};

/** The same arguments in the three forms of a function that takes a path. */
export const three = (
  forms: Forms,
  name: string,
  title: string,
  args: (root: string) => readonly unknown[],
): void => {
  forms[`${name}(${title}, callback)`] = (root) => called(root, name, ...args(root));
  if (`${name}Sync` in fs) forms[`${name}Sync(${title})`] = (root) => sync(root, name, ...args(root));
  if (name in fs.promises)
    forms[`promises.${name}(${title})`] = (root) => promised(root, name, ...args(root));
};
