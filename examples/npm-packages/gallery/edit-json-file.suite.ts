import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface Editor {
  set(key: string, value: string): Editor;
  unset(key: string): Editor;
  save(): void;
  toObject(): Record<string, unknown>;
}

export default keyValueSuite({
  name: 'edit-json-file',
  prepare,
  open: () => load<(path: string) => Editor>('edit-json-file')(`${DIRECTORY}/values.json`),
  set: (store, key, value) => store.set(key, value).save(),
  delete: (store, key) => store.unset(key).save(),
  all: (store) => store.toObject(),
});
