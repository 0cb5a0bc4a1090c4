import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface Storage {
  init(options: object): Promise<unknown>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
  getItem(key: string): Promise<unknown>;
}

export default keyValueSuite({
  name: 'node-persist',
  prepare,
  open: async () => {
    const storage = load<Storage>('node-persist');
    await storage.init({ dir: DIRECTORY, writeQueue: false, expiredInterval: false });
    return storage;
  },
  set: (store, key, value) => store.setItem(key, value),
  delete: (store, key) => store.removeItem(key),
  all: (store, keys) => byKey(keys, (key) => store.getItem(key)),
});
