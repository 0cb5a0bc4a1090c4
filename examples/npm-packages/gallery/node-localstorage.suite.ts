import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface LocalStorage {
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  getItem(key: string): string | null;
}
type Exports = { LocalStorage: new (path: string) => LocalStorage };

export default keyValueSuite({
  name: 'node-localstorage',
  prepare,
  open: () => new (load<Exports>('node-localstorage').LocalStorage)(DIRECTORY),
  set: (store, key, value) => store.setItem(key, value),
  delete: (store, key) => store.removeItem(key),
  all: (store, keys) => byKey(keys, (key) => store.getItem(key)),
});
