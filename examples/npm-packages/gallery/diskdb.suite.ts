import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, type Documents, load, pairsOf, prepare } from './load.js';

interface Collection {
  update(query: object, data: object, options: object): unknown;
  find(): Documents;
}
type DiskDb = { connect(path: string, collections: readonly string[]): { values: Collection } };

export default keyValueSuite({
  name: 'diskdb',
  prepare,
  open: () => load<DiskDb>('diskdb').connect(DIRECTORY, ['values']).values,
  set: (store, key, value) => store.update({ key }, { key, value }, { upsert: true }),
  all: (store) => pairsOf(store.find()),
});
