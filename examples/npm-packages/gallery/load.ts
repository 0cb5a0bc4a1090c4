/** Loads the packages of this folder's neighbour `packages`, unmodified, and new in each life. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Suite } from 'powercut';
import { freshRequire, keyValueSuite } from 'powercut/node-fs';

const require = createRequire(new URL('../packages/package.json', import.meta.url));

/** A package as a process that has just started finds it. The caller states what it exports. */
export const load = <Exports>(id: string): Exports => freshRequire(require, id) as Exports; // the caller's word

/** Where the stores are: durable before the first life. A process on a real disk has another place. */
export const DIRECTORY = process.env.POWERCUT_GALLERY_DIRECTORY ?? '/data';
export const prepare = (): void => void mkdirSync(DIRECTORY);

const LOGS = process.env.POWERCUT_GALLERY_DIRECTORY ?? '/log';
export const LOG = `${LOGS}/app.log`;
export const prepareLog = (): void => {
  mkdirSync(LOGS);
  writeFileSync(LOG, '');
};

/** The values in the lines of a log, by a pattern with groups for key and value. A torn line is no value. */
export const logged = (line: RegExp): [string, unknown][] =>
  [...readFileSync(LOG, 'utf8').matchAll(line)].map(([, key = '', value]) => [key, value]);

/** A text with its checksum. */
export const sealed = (text: string): string => `${text} ${createHash('sha1').update(text).digest('hex')}`;

/** The values of a log whose lines are a key and a sealed text, as far as the checksum is right. */
export const loggedWhole = (): [string, unknown][] =>
  logged(/^(\w+) (.*)$/gm).flatMap(([key, line]): [string, unknown][] => {
    const text = String(line).replace(/ \w{40}$/, '');
    return sealed(text) === line ? [[key, text]] : [];
  });

export type Done<Value = unknown> = (error?: unknown, value?: Value) => void;

/** Calls a function that takes a callback last. */
export const called = <Value>(act: (done: Done<Value>) => unknown): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    act((error, value) => (error ? reject(error) : resolve(value)));
  });

export type Documents = readonly Readonly<Record<string, unknown>>[];

/** Documents as entries: of a key the last one counts. */
export const pairsOf = (documents: Documents = [], key = 'key'): [string, unknown][] =>
  documents.map((document) => [String(document[key]), document.value]);

/** The entries of a store that can't list them. */
export const byKey = (
  keys: readonly string[],
  get: (key: string) => unknown,
): Promise<readonly [string, unknown][]> =>
  Promise.all(keys.map(async (key): Promise<[string, unknown]> => [key, await get(key)]));

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * The suite of a package that writes files: each key is one file. A missing file is a missing value.
 * @param ending what the package adds to each text
 */
export const fileWriter = (
  name: string,
  open: () => (path: string, text: string) => unknown,
  ending = '',
): Suite =>
  keyValueSuite({
    name,
    prepare,
    open,
    set: (write, key, value) => write(`${DIRECTORY}/${key}`, value),
    all: (_write, keys) =>
      keys.map((key): [string, unknown] => {
        const text = textOf(`${DIRECTORY}/${key}`);
        return [key, text?.endsWith(ending) === true ? text.slice(0, text.length - ending.length) : text];
      }),
  });
