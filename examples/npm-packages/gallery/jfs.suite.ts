import { keyValueSuite } from 'powercut/node-fs';
import { called, DIRECTORY, load, prepare } from './load.js';

interface Store {
  save(id: string, value: object, done: (error?: unknown) => void): void;
  delete(id: string, done: (error?: unknown) => void): void;
  allSync(): Record<string, { value?: string }>;
}

const suiteOf = (name: string, path: string, options: object) =>
  keyValueSuite({
    name,
    prepare,
    open: () => new (load<new (path: string, options: object) => Store>('jfs'))(path, options),
    set: (store, key, value) => called((done) => store.save(key, { value }, done)),
    delete: (store, key) => called((done) => store.delete(key, done)),
    all: (store) =>
      Object.entries(store.allSync()).map(([key, { value }]): [string, unknown] => [key, value]),
  });

export default suiteOf('jfs', DIRECTORY, {});
export const single = suiteOf('jfs, one file', `${DIRECTORY}/values.json`, { type: 'single' });
