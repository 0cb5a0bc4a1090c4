import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface Cache {
  set(key: string, value: string): Promise<unknown>;
  remove(key: string): Promise<void>;
  get(key: string): Promise<unknown>;
}
type Exports = { Cache: new (options: object) => Cache };

export default keyValueSuite({
  name: 'file-system-cache',
  prepare,
  open: () => new (load<Exports>('file-system-cache').Cache)({ basePath: DIRECTORY }),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.remove(key),
  all: (store, keys) => byKey(keys, (key) => store.get(key)),
});
