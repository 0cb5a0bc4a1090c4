/** The machine and its process: names and numbers are constants in a life. */
import os from 'node:os';
import workers from 'node:worker_threads';
import { refuse } from '../../process/active-life.js';
import { divert, put, putGetter } from '../patch.js';

/** What every simulated process is called. One that restarts may well get the number of the one that died. */
const PID = 1000;
const PARENT_PID = 1;
const HOSTNAME = 'simulated';

/** Serves names and numbers. */
export const patchMachine = (): void => {
  putGetter(process, 'pid', () => PID);
  putGetter(process, 'ppid', () => PARENT_PID);
  putGetter(process, 'stdin', (life, patched) =>
    refuse(life, 'process.stdin', 'pass the input in with the commands', patched),
  );
  // Where the program stands on the simulated disk: relative paths must not depend on where the test was started.
  divert(process, 'cwd', () => '/');
  divert(os, 'hostname', () => HOSTNAME);
  divert(os, 'uptime', (life) => life.now() / 1000);
  // Read once by those who import it, so it can't differ by who asks: simulated programs run in any worker alike.
  put(workers, 'threadId', 0);
};
