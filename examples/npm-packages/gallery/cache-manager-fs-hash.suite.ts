import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface DiskStore {
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
}
type Exports = { DiskStore: new (options: object) => DiskStore };

export default keyValueSuite({
  name: 'cache-manager-fs-hash',
  prepare,
  open: () => new (load<Exports>('cache-manager-fs-hash').DiskStore)({ path: DIRECTORY, ttl: 2 ** 40 }),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.del(key),
  all: (store, keys) => byKey(keys, (key) => store.get(key)),
});
