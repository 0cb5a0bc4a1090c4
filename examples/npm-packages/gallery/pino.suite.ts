import { keyValueSuite } from 'powercut/node-fs';
import { LOG, load, logged, prepareLog } from './load.js';

type Logger = { info(fields: object): void };
type Pino = ((destination: object) => Logger) & { destination(options: object): object };

export default keyValueSuite({
  name: 'pino',
  prepare: prepareLog,
  open: () => {
    const pino = load<Pino>('pino');
    return pino(pino.destination({ dest: LOG, sync: true }));
  },
  set: (log, key, value) => log.info({ key, value }),
  all: () => logged(/"key":"(\w+)","value":"([^"]*)"}$/gm),
});
