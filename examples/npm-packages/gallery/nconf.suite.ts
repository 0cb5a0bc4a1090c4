import { keyValueSuite } from 'powercut/node-fs';
import { byKey, called, DIRECTORY, load, prepare } from './load.js';

interface Nconf {
  file(path: string): Nconf;
  set(key: string, value: string): void;
  clear(key: string): void;
  get(key: string): unknown;
  save(done: (error?: unknown) => void): void;
}

export default keyValueSuite({
  name: 'nconf',
  prepare,
  open: () => load<Nconf>('nconf').file(`${DIRECTORY}/config.json`),
  set: (store, key, value) => {
    store.set(key, value);
    return called((done) => store.save(done));
  },
  all: (store, keys) => byKey(keys, (key) => store.get(key)),
});
