import { keyValueSuite } from 'powercut/node-fs';
import { byKey, load, prepare } from './load.js';

interface Adapter {
  set(key: string, value: string): void;
  get(key: string): unknown;
}

/** Its file adapter: the package itself asks the registry for a newer version when it is loaded. */
export default keyValueSuite({
  name: 'croxydb',
  prepare,
  open: () =>
    new (load<new (options: object) => Adapter>('croxydb/adapters/jsondb'))({
      dbName: 'values',
      dbFolder: 'croxydb',
      seperator: '.',
    }),
  set: (store, key, value) => store.set(key, value),
  all: (store, keys) => byKey(keys, (key) => store.get(key)),
});
