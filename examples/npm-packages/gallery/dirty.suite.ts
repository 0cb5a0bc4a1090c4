import type { EventEmitter } from 'node:events';
import { keyValueSuite } from 'powercut/node-fs';
import { byKey, called, DIRECTORY, load, prepare } from './load.js';

interface Dirty extends EventEmitter {
  set(key: string, value: string, done: (error?: unknown) => void): void;
  rm(key: string, done: (error?: unknown) => void): void;
  get(key: string): unknown;
}

export default keyValueSuite({
  name: 'dirty',
  prepare,
  open: () =>
    new Promise<Dirty>((resolve, reject) => {
      const store = new (load<new (path: string) => Dirty>('dirty'))(`${DIRECTORY}/values.db`);
      store.on('load', () => resolve(store)).on('error', reject);
    }),
  set: (store, key, value) => called((done) => store.set(key, value, done)),
  delete: (store, key) => called((done) => store.rm(key, done)),
  all: (store, keys) => byKey(keys, (key) => store.get(key)),
});
