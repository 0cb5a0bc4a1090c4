import { keyValueSuite } from 'powercut/node-fs';
import { called, DIRECTORY, type Documents, type Done, load, pairsOf, prepare } from './load.js';

type Values = { insert(document: object): unknown; find(): Documents };
type Loki = {
  loadDatabase(options: object, done: Done): void;
  saveDatabase(done: Done): void;
  addCollection(name: string): Values;
};

export default keyValueSuite({
  name: 'lokijs',
  prepare,
  open: async () => {
    const loki = new (load<new (path: string) => Loki>('lokijs'))(`${DIRECTORY}/loki.db`);
    await called((done) => loki.loadDatabase({}, done));
    return { loki, values: loki.addCollection('values') };
  },
  set: ({ loki, values }, key, value) => {
    values.insert({ key, value });
    return called((done) => loki.saveDatabase(done));
  },
  all: ({ values }) => pairsOf(values.find()), // of a key the last one counts
});
