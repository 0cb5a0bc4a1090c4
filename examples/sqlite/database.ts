/** A SQLite database of one life: compiled once in a process, instantiated anew in each life, as a process would. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as SQLite from 'wa-sqlite';
import instantiate from 'wa-sqlite/dist/wa-sqlite.mjs';
import { NodeVfs } from './node-vfs.js';

/** The part of WebAssembly that is used here: TypeScript declares it for browsers only. */
interface Assembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
const { Module, Instance } = Reflect.get(globalThis, 'WebAssembly') as Assembly; // every Node has it

const COMPILED = new Module(
  readFileSync(createRequire(import.meta.url).resolve('wa-sqlite/dist/wa-sqlite.wasm')),
);

export type Value = number | string | null;

export interface Database {
  /** Runs SQL text and returns the rows of its last statement. Rejects with SQLite's own error. */
  run(sql: string): Promise<readonly (readonly Value[])[]>;
}

export const openDatabase = async (path: string): Promise<Database> => {
  const module: unknown = await instantiate({
    instantiateWasm: (imports: object, done: (instance: object) => void) => {
      const instance = new Instance(COMPILED, imports);
      done(instance);
      return instance.exports;
    },
  });
  const sqlite = SQLite.Factory(module);
  sqlite.vfs_register(new NodeVfs(), true);
  const connection = await sqlite.open_v2(path);
  return {
    run: async (sql) => {
      const rows: Value[][] = [];
      await sqlite.exec(connection, sql, (row) => {
        rows.push(row as Value[]); // the suite keeps no blobs and no integers past 2^53
      });
      return rows;
    },
  };
};
