/** What `require('better-sqlite3')` returns. */
import { Database } from './database.js';
import { SqliteError } from './sqlite-error.js';

/** Made for each life: properties that a program puts on the class must not outlive it. */
export const betterSqlite3 = (): object => {
  class OwnDatabase extends Database {}
  Object.defineProperty(OwnDatabase, 'name', { value: 'Database' });
  // A program may leave out `new`.
  const callable: object = new Proxy(OwnDatabase, {
    apply: (made, _self, args) => Reflect.construct(made, args),
  });
  Object.defineProperty(OwnDatabase.prototype, 'constructor', { value: callable, writable: true });
  return Object.assign(callable, { SqliteError });
};
