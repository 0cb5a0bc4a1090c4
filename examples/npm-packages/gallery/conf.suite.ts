import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface Conf {
  set(key: string, value: string): void;
  delete(key: string): void;
  readonly store: Record<string, unknown>;
}
type Exports = { default: new (options: object) => Conf };

export default keyValueSuite({
  name: 'conf',
  prepare,
  open: () => new (load<Exports>('conf').default)({ cwd: DIRECTORY, projectName: 'kept' }),
  set: (store, key, value) => store.set(key, value),
  delete: (store, key) => store.delete(key),
  all: (store) => store.store,
});
