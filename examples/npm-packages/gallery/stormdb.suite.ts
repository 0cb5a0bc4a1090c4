import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

interface StormDb {
  set(key: string, value: string): StormDb;
  get(key: string): StormDb & { delete(): void };
  save(): void;
  value(): Record<string, unknown>;
}
type Exports = (new (engine: object) => StormDb) & { localFileEngine: new (path: string) => object };

export default keyValueSuite({
  name: 'stormdb',
  prepare,
  open: () => {
    const Storm = load<Exports>('stormdb');
    return new Storm(new Storm.localFileEngine(`${DIRECTORY}/values.stormdb`));
  },
  set: (store, key, value) => store.set(key, value).save(),
  all: (store) => store.value(),
});
