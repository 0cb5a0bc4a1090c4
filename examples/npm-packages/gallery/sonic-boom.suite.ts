import { readFileSync, writeFileSync } from 'node:fs';
import { keyValueSuite } from 'powercut/node-fs';
import { LOG, load, logged, prepareLog } from './load.js';

type SonicBoom = { write(line: string): boolean };
type Exports = new (options: object) => SonicBoom;

const suiteOf = (name: string, options: object) =>
  keyValueSuite({
    name,
    prepare: prepareLog,
    open: () => {
      // A log that ends in half a line goes on in a new one.
      if (!/(^|\n)$/.test(readFileSync(LOG, 'utf8'))) writeFileSync(LOG, '\n', { flag: 'a' });
      return new (load<Exports>('sonic-boom'))({ dest: LOG, sync: true, ...options });
    },
    set: (log, key, value) => void log.write(`${key} ${value} end\n`),
    all: () => logged(/^(\w+) (.*) end$/gm),
  });

export default suiteOf('sonic-boom', {});
export const syncing = suiteOf('sonic-boom, fsync', { fsync: true });
