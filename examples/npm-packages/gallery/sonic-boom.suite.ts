import { readFileSync, writeFileSync } from 'node:fs';
import { keyValueSuite } from 'powercut/node-fs';
import { LOG, load, loggedWhole, prepareLog, sealed } from './load.js';

type Exports = new (options: object) => { write(line: string): boolean };

/** A log whose lines have a checksum: a line that is torn is no value. */
const suiteOf = (name: string, options: object) =>
  keyValueSuite({
    name,
    prepare: prepareLog,
    open: () => {
      // A log that ends in half a line goes on in a new one.
      if (!/(^|\n)$/.test(readFileSync(LOG, 'utf8'))) writeFileSync(LOG, '\n', { flag: 'a' });
      return new (load<Exports>('sonic-boom'))({ dest: LOG, sync: true, ...options });
    },
    set: (log, key, value) => void log.write(`${key} ${sealed(value)}\n`),
    all: () => loggedWhole(),
  });

export default suiteOf('sonic-boom', {});
export const syncing = suiteOf('sonic-boom, fsync', { fsync: true });
