/** For this room's tests: stores on real temporary directories, on bytes in memory, and on file systems that fail. */
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memfs } from 'memfs';
import { onTestFinished } from 'vitest';
import type { Environment, FileSystem } from '../environment.js';
import type { EventData, Json, RecordedEvent } from '../event-store/event.js';
import type { FileHandle } from '../event-store/log/durable-files.js';
import type { DurableEventStore } from '../event-store/log-event-store.js';
import { openEventStore } from '../event-store/open-event-store.js';
import { realEnvironment } from '../real-environment.js';

/** A directory on the real disk, gone when the test is over. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'event-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** An environment whose message ids count up, and that remembers its marks. */
export const testEnvironment = (
  fs: FileSystem = realEnvironment().fs,
): Environment & { readonly marks: string[] } => {
  const marks: string[] = [];
  let ids = 0;
  // Without other processes: a test may open a directory again without having closed it, as after a crash.
  const { clock } = realEnvironment();
  return {
    clock,
    fs,
    random: { uint32: () => 4, uuid: () => `drawn-${++ids}` },
    marks,
    mark: (name) => marks.push(name),
  };
};

/** A computer whose /data holds exactly these files. */
export const inMemory = (files: Readonly<Record<string, Uint8Array>>): FileSystem => {
  const { fs, vol } = memfs({}, '/');
  vol.mkdirSync('/data', { recursive: true });
  for (const [name, bytes] of Object.entries(files)) vol.writeFileSync(`/data/${name}`, Buffer.from(bytes));
  // memfs types its promises in its own words; at run time they are node:fs/promises, as far as the store goes.
  return fs.promises as unknown as FileSystem;
};

/** The files of /data on such a computer. */
export const filesOf = async (fs: FileSystem): Promise<Record<string, Buffer>> => {
  const files: Record<string, Buffer> = {};
  for (const name of await fs.readdir('/data')) files[name] = await fs.readFile(`/data/${name}`);
  return files;
};

/** What a test may do to a call before it happens: look at it, or throw in its place. */
export type Intercept = (call: string, path: string) => void;

/** The same file system, with `intercept` told of every call on it and on its file handles. */
export const intercepted = (fs: FileSystem, intercept: Intercept): FileSystem =>
  new Proxy(fs, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return async (...args: unknown[]) => {
        intercept(name, String(args[0]));
        const result: unknown = await Reflect.apply(method, target, args);
        // What open() resolves to is a file handle.
        return name === 'open' ? interceptedHandle(result as FileHandle, String(args[0]), intercept) : result;
      };
    },
  });

const interceptedHandle = (handle: FileHandle, path: string, intercept: Intercept): FileHandle =>
  new Proxy(handle, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return async (...args: unknown[]) => {
        intercept(`handle.${name}`, path);
        return (await Reflect.apply(method, target, args)) as unknown;
      };
    },
  });

/** An error of the file system. */
export const systemError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

export const datas = (events: readonly RecordedEvent[]): unknown[] => events.map(({ data }) => data);

/** An event of a test. */
export const event = (data: Json, messageId?: string): EventData => ({
  type: 'tested',
  data,
  ...(messageId === undefined ? undefined : { messageId }),
});

export const SMALL = { segmentBytes: 2048, preallocateBytes: 1024 };

/** An empty store in memory, and a way to restart it. */
export const openInMemory = async (): Promise<{
  store: DurableEventStore;
  reopen(): Promise<DurableEventStore>;
}> => {
  const env = testEnvironment(inMemory({}));
  let store = await openEventStore(env, '/data', SMALL);
  const reopen = async (): Promise<DurableEventStore> => {
    await store.close();
    store = await openEventStore(env, '/data', SMALL);
    return store;
  };
  return { store, reopen };
};
