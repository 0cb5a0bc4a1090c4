import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

type Values = Record<string, string>;
type Low = { data: Values; read(): Promise<void>; write(): Promise<void> };

export default keyValueSuite({
  name: 'lowdb',
  prepare,
  open: async () => {
    const { Low } = load<{ Low: new (adapter: object, data: Values) => Low }>('lowdb');
    const { JSONFile } = load<{ JSONFile: new (path: string) => object }>('lowdb/node');
    const store = new Low(new JSONFile(`${DIRECTORY}/db.json`), {});
    await store.read();
    return store;
  },
  set: (store, key, value) => {
    store.data[key] = value;
    return store.write();
  },
  delete: (store, key) => {
    delete store.data[key];
    return store.write();
  },
  all: (store) => store.data,
});
