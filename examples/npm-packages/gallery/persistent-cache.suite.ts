import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface Cache {
  putSync(key: string, value: string): void;
  deleteSync(key: string): void;
  getSync(key: string): unknown;
}

export default keyValueSuite({
  name: 'persistent-cache',
  prepare,
  open: () => load<(options: object) => Cache>('persistent-cache')({ base: DIRECTORY, name: 'values' }),
  set: (store, key, value) => store.putSync(key, value),
  all: (store, keys) => byKey(keys, (key) => store.getSync(key)),
});
