import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

interface KeyvFile {
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<boolean>;
  get(key: string): Promise<string | undefined>;
}
type Exports = { KeyvFile: new (options: object) => KeyvFile };

const suiteOf = (name: string, options: object) =>
  keyValueSuite({
    name,
    prepare,
    open: () => new (load<Exports>('keyv-file').KeyvFile)({ filename: `${DIRECTORY}/keyv`, ...options }),
    set: (store, key, value) => store.set(key, value),
    delete: (store, key) => store.delete(key),
    all: (store, keys) => byKey(keys, (key) => store.get(key)),
  });

export default suiteOf('keyv-file', {});
export const separated = suiteOf('keyv-file, a file for each key', { separatedFile: true });
