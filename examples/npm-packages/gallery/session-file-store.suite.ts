import { keyValueSuite } from 'powercut/node-fs';
import { byKey, called, DIRECTORY, type Done, load, prepare } from './load.js';

type Session = { cookie: object; value: string };
type Sessions = {
  set(id: string, session: Session, done: Done): void;
  destroy(id: string, done: Done): void;
  get(id: string, done: Done<Session>): void;
};
type Exports = (session: object) => new (options: object) => Sessions;

const OPTIONS = { path: DIRECTORY, ttl: 2 ** 40, retries: 0, reapInterval: -1, logFn: () => undefined };

export default keyValueSuite({
  name: 'session-file-store',
  prepare,
  open: () => new (load<Exports>('session-file-store')({ Store: Object }))(OPTIONS),
  set: (store, key, value) => called((done) => store.set(key, { cookie: {}, value }, done)),
  delete: (store, key) => called((done) => store.destroy(key, done)),
  all: async (store, keys) => {
    const get = (key: string) => called<Session>((done) => store.get(key, done)).catch(() => undefined);
    return byKey(keys, async (key) => (await get(key))?.value);
  },
});
