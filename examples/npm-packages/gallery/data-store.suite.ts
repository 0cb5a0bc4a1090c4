import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface Store {
  set(key: string, value: string): unknown;
  del(key: string): unknown;
  readonly data: Record<string, unknown>;
}

export default keyValueSuite({
  name: 'data-store',
  prepare,
  open: () => new (load<new (options: object) => Store>('data-store'))({ path: `${DIRECTORY}/values.json` }),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.del(key),
  all: (store) => store.data,
});
