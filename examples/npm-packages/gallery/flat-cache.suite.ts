import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface Cache {
  load(id: string): void;
  save(): void;
  set(key: string, value: string): void;
  all(): Record<string, unknown>;
}

export default keyValueSuite({
  name: 'flat-cache',
  prepare,
  open: () => {
    const { FlatCache } = load<{ FlatCache: new (options: object) => Cache }>('flat-cache');
    const cache = new FlatCache({ cacheDir: DIRECTORY, persistInterval: 0 });
    cache.load('cache1');
    return cache;
  },
  set: (store, key, value) => {
    store.set(key, value);
    store.save();
  },
  all: (store) => store.all(),
});
