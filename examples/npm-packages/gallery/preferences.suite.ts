import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

type Preferences = Record<string, unknown> & { save(): void };
type Exports = new (id: string, defaults: object, options: object) => Preferences;

export default keyValueSuite({
  name: 'preferences',
  prepare,
  open: () =>
    new (load<Exports>('preferences'))(
      'app',
      {},
      { file: `${DIRECTORY}/app.pref`, encrypt: false, format: 'json' },
    ),
  set: (store, key, value) => {
    store[key] = value;
    store.save();
  },
  all: (store) => Object.entries(store),
});
