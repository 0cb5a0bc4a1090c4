/**
 * SQLite as WebAssembly: the official build, found in the installed package `@sqlite.org/sqlite-wasm` and compiled once in a
 * process. Of that package only the compiled file is used. Its own JavaScript takes longer to start than a whole life may take.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { asHost } from '../../sim/process/active-life.js';
import { codedError } from '../../sim/util/errors.js';

export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What can be put into a table of functions: an export of a WebAssembly instance. */
export type WasmFunction = (...args: never[]) => unknown;

export interface Table {
  readonly length: number;
  grow(by: number): number;
  set(index: number, value: WasmFunction): void;
}

interface Descriptor {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/** The part of WebAssembly that is used here: TypeScript declares it for browsers only. */
export interface Assembly {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly Descriptor[];
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
}

/** Taken before any life runs: a life may put something else in its place. */
export const assembly = Reflect.get(globalThis, 'WebAssembly') as Assembly; // every Node has it

const PACKAGE = '@sqlite.org/sqlite-wasm';

const pathOfBuild = (): string => {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/sqlite3.wasm`);
  } catch (cause) {
    throw codedError(
      'SQLITE_BUILD_MISSING',
      `SQLite's WebAssembly build is not installed: npm install --save-dev ${PACKAGE}`,
      cause,
    );
  }
};

let compiled: object | undefined;

/** Takes some 50 ms the first time. @throws PowercutError 'SQLITE_BUILD_MISSING' */
export const compiledSqlite = (): object => {
  compiled ??= asHost(() => new assembly.Module(readFileSync(pathOfBuild())));
  return compiled;
};
