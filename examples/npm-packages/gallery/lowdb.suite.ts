import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

type Values = Record<string, string>;
type Low = { data: Values; write(): Promise<void> };
type Node = { JSONFilePreset(path: string, data: Values): Promise<Low> };

export default keyValueSuite({
  name: 'lowdb',
  prepare,
  open: () => load<Node>('lowdb/node').JSONFilePreset(`${DIRECTORY}/db.json`, {}),
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
