/** What `require('sqlite3')` returns. */
import { resolve } from 'node:path';
import { CONSTANTS } from './constants.js';
import { Database } from './database.js';
import { Statement } from './statement.js';

/** Databases that are opened once for each file. */
const cache = (Own: new (filename: string, ...rest: unknown[]) => Database): object => {
  const objects: Record<string, Database> = {};
  const open = (file: string, ...rest: unknown[]): Database => {
    if (file === '' || file === ':memory:') return new Own(file, ...rest);
    const path = resolve(file);
    const known = objects[path];
    if (known === undefined) {
      const opened = new Own(path, ...rest);
      objects[path] = opened;
      return opened;
    }
    const callback = rest.find((one) => typeof one === 'function');
    const call = (): void => void (typeof callback === 'function' && Reflect.apply(callback, known, [null]));
    if (known.open) process.nextTick(call);
    else known.once('open', call);
    return known;
  };
  // No arrow function: a program calls it by `new`.
  function CachedDatabase(file: string, ...rest: unknown[]): Database {
    return open(file, ...rest);
  }
  return { Database: CachedDatabase, objects };
};

/** Made for each life: properties that a program puts on the class must not outlive it. */
export const sqlite3 = (): object => {
  class OwnDatabase extends Database {}
  Object.defineProperty(OwnDatabase, 'name', { value: 'Database' });
  const module: object = {
    ...CONSTANTS,
    Database: OwnDatabase,
    Statement,
    cached: cache(OwnDatabase),
    /** Stack traces are whole already. */
    verbose: () => module,
  };
  return module;
};
