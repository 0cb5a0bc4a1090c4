import { keyValueSuite } from 'powercut/node-fs';
import { byKey, DIRECTORY, load, prepare } from './load.js';

type Cacache = {
  put(cache: string, key: string, data: string): Promise<unknown>;
  get(cache: string, key: string): Promise<{ data: Buffer }>;
};

const missing = (error: { code?: string }): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

export default keyValueSuite({
  name: 'cacache',
  prepare,
  limits: { imagesPerCrashPoint: 16 }, // it makes five directories for a value: many orders of names
  open: () => load<Cacache>('cacache'),
  set: ({ put }, key, value) => put(DIRECTORY, key, value),
  all: ({ get }, keys) =>
    byKey(keys, async (key) => (await get(DIRECTORY, key).catch(missing))?.data.toString()),
});
