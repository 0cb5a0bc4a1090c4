/** The machine and its process: names and numbers are constants in a life. */
import os from 'node:os';
import { Readable } from 'node:stream';
import workers from 'node:worker_threads';
import type { GuardedLife } from '../../process/guarded-life.js';
import { divert, put, putGetter } from '../patch.js';

/** What every simulated process is called. One that restarts may well get the number of the one that died. */
const PID = 1000;
const PARENT_PID = 1;
const HOSTNAME = 'simulated';

const inputs = new WeakMap<GuardedLife, Readable>();

/** As with `</dev/null`: what a program is to work on comes in with the commands. */
const endOfInput = (life: GuardedLife): Readable => {
  const known = inputs.get(life);
  if (known !== undefined) return known;
  const input = Object.assign(
    new Readable({
      read(): void {
        this.push(null);
      },
    }),
    { fd: 0 },
  );
  inputs.set(life, input);
  return input;
};

/** Serves names and numbers, and an input that is at its end. */
export const patchMachine = (): void => {
  putGetter(process, 'pid', () => PID);
  putGetter(process, 'ppid', () => PARENT_PID);
  putGetter(process, 'stdin', endOfInput);
  // Where the program stands on the simulated disk: relative paths must not depend on where the test was started.
  divert(process, 'cwd', () => '/');
  divert(os, 'hostname', () => HOSTNAME);
  divert(os, 'uptime', (life) => life.now() / 1000);
  // Read once by those who import it, so it can't differ by who asks: simulated programs run in any worker alike.
  put(workers, 'threadId', 0);
};
