import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface JsonDb {
  push(path: string, value: string): Promise<void>;
  getData(path: string): Promise<Record<string, unknown>>;
}
type Exports = {
  Config: new (path: string, ...rest: readonly unknown[]) => object;
  JsonDB: new (config: object) => JsonDb;
};

const suiteOf = (name: string, syncOnSave: boolean) =>
  keyValueSuite({
    name,
    prepare,
    open: () => {
      const { Config, JsonDB } = load<Exports>('node-json-db');
      return new JsonDB(new Config(`${DIRECTORY}/db`, true, false, '/', syncOnSave));
    },
    set: (store, key, value) => store.push(`/${key}`, value),
    all: (store) => store.getData('/'),
  });
export default suiteOf('node-json-db', false);
export const syncing = suiteOf('node-json-db, syncOnSave', true);
