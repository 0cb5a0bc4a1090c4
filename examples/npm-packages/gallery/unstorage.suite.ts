import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface Storage {
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getItem(key: string): Promise<unknown>;
}
type Exports = { createStorage(options: { driver: object }): Storage };

export default keyValueSuite({
  name: 'unstorage',
  prepare,
  open: () => {
    const driver = load<(options: object) => object>('unstorage/drivers/fs-lite');
    return load<Exports>('unstorage').createStorage({ driver: driver({ base: DIRECTORY }) });
  },
  set: (store, key, value) => store.setItem(key, value),
  delete: (store, key) => store.removeItem(key),
  all: (store, keys) => byKey(keys, (key) => store.getItem(key)),
});
