/** The machine and its process: names and numbers are constants in a life, and the host's own exit is out of its reach. */
import os from 'node:os';
import workers from 'node:worker_threads';
import { type Callable, divert, imitate, put, putGetter } from './patch.js';
import { refuse, span } from './span.js';

/** What every simulated process is called. One that restarts may well get the number of the one that died. */
const PID = 1000;
const PARENT_PID = 1;
const HOSTNAME = 'simulated';

const LISTENING = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const;

/** A power cut runs no exit handlers: those that a life adds to the process are never called, and not kept. */
const patchProcessEvents = (): void => {
  for (const name of LISTENING) {
    const real = process[name] as Callable; // called with the arguments it was given
    put(
      process,
      name,
      imitate(real, function (this: unknown, ...args: unknown[]) {
        return span.life === undefined ? Reflect.apply(real, this, args) : this;
      }),
    );
  }
  // Packages that clean up on exit put themselves in the place of these two.
  for (const name of ['emit', 'reallyExit']) {
    let current: unknown = Reflect.get(process, name);
    Reflect.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => current,
      set: (value: unknown) => {
        if (span.life === undefined) current = value;
      },
    });
  }
};

/** Serves names and numbers, and keeps the host's process events to itself. */
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
  patchProcessEvents();
};
