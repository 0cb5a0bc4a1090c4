import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface JsonDb {
  set(key: string, value: string): void;
  delete(key: string): unknown;
  JSON(): Record<string, unknown>;
}

export default keyValueSuite({
  name: 'simple-json-db',
  prepare,
  open: () => new (load<new (path: string) => JsonDb>('simple-json-db'))(`${DIRECTORY}/values.json`),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.delete(key),
  all: (store) => store.JSON(),
});
