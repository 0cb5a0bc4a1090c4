/**
 * `pino` 10 on `sonic-boom` 4: a synchronous destination writes each line before the call returns and never syncs it
 * (sonic-boom/index.js:149, `_fsync` is false in :125): a power cut takes it, a kill of the process does not. With a `minLength` lines wait in
 * memory (sonic-boom/index.js:332): a kill takes them, too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { keeping, load } from './kept.js';

interface Pino {
  (options: object, destination: object): { info(text: string): void };
  destination(options: object): object;
}

const LOG = '/app.log';

/** The last line's message; half a line is no message. */
const read = (): string | undefined => {
  const lines = existsSync(LOG) ? readFileSync(LOG, 'utf8').split('\n').slice(0, -1) : [];
  const last = lines.at(-1);
  return last === undefined ? undefined : String(JSON.parse(last).msg);
};

const logging = (name: string, options: object) =>
  keeping(name, () => {
    const pino = load('pino') as Pino; // what it exports
    const logger = pino({ base: null, timestamp: false }, pino.destination({ dest: LOG, ...options }));
    return { put: (text) => logger.info(text), get: read };
  });

export default logging('pino', { sync: true });
export const buffered = logging('pino with a buffer', { sync: true, minLength: 4096 });
