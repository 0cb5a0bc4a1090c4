import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface Configstore {
  set(key: string, value: string): void;
  delete(key: string): void;
  readonly all: Record<string, unknown>;
}
type Exports = { default: new (id: string, defaults: object, options: object) => Configstore };

export default keyValueSuite({
  name: 'configstore',
  prepare,
  open: () =>
    new (load<Exports>('configstore').default)('app', {}, { configPath: `${DIRECTORY}/config.json` }),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.delete(key),
  all: (store) => store.all,
});
