import { keyValueSuite } from 'powercut/node-fs';
import { called, DIRECTORY, type Documents, type Done, load, pairsOf, prepare } from './load.js';

type Nedb = {
  loadDatabase(done: Done): void;
  update(query: object, document: object, options: object, done: Done): void;
  find(query: object, done: Done<Documents>): void;
};

const suiteOf = (id: string) =>
  keyValueSuite({
    name: id,
    prepare,
    open: async () => {
      const store = new (load<new (options: object) => Nedb>(id))({ filename: `${DIRECTORY}/documents.db` });
      await called((done) => store.loadDatabase(done));
      return store;
    },
    set: (store, _id, value) =>
      called((done) => store.update({ _id }, { _id, value }, { upsert: true }, done)),
    all: async (store) => pairsOf(await called<Documents>((done) => store.find({}, done)), '_id'),
  });

export default suiteOf('nedb');
export const seald = suiteOf('@seald-io/nedb');
