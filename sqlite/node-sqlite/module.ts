/** What `require('node:sqlite')` returns. */
import { codedError } from '../../sim/util/errors.js';
import { DatabaseSync } from './database-sync.js';
import { StatementSync } from './statement-sync.js';

const backup = (): never => {
  throw codedError(
    'SQLITE_UNSUPPORTED',
    "backup() of node:sqlite is not served on the simulated disk. Use 'VACUUM INTO', or leave it out of the suite.",
  );
};

/** Made for each life: properties that a program puts on the class must not outlive it. */
export const nodeSqlite = (): object => {
  class OwnDatabase extends DatabaseSync {}
  Object.defineProperty(OwnDatabase, 'name', { value: 'DatabaseSync' });
  return { DatabaseSync: OwnDatabase, StatementSync, backup, constants: {} };
};
