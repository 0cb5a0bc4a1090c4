/**
 * What one process can know of another by its name. Two processes of one machine may see it differently: /proc may be
 * hidden in part or whole (hidepid, ProcSubset), may not be readable at this moment (no descriptor is free), or may show
 * another pid namespace. An unreadable entry is unknown, and never means that the other process is gone.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Presence, Processes } from '../environment.js';
import { errorCode } from '../thrown.js';

/** What a file of the kernel's says, or '' where it can't be read. */
const known = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** The boot of this machine. */
const bootId = (): string => known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8);

const namespaceOf = (pid: number): string =>
  /[0-9]+/.exec(known(() => readlinkSync(`/proc/${pid}/ns/pid`)))?.[0] ?? '';

const startOf = (pid: number): string =>
  // The second field is the program's name in brackets, which may itself hold spaces and brackets.
  known(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    .split(') ')
    .at(-1)
    ?.split(' ')[19] ?? '';

/**
 * The name of a running process: its id, and on Linux, where ids are soon used again, also when it began (in clock
 * ticks since the boot), in which boot, and in which pid namespace. Elsewhere these parts are empty.
 */
export const processName = (pid: number): string => `${pid}-${startOf(pid)}-${bootId()}-${namespaceOf(pid)}`;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Only this says that there is none. EPERM: we may not signal it, so it is there.
    return errorCode(error) !== 'ESRCH';
  }
};

const NAME = /^([1-9][0-9]*)-([0-9]*)-([0-9a-z]*)(?:-([0-9]*))?$/;

/** What this process knows of itself, asked once: later there may be no descriptor to read it with. */
interface Self {
  readonly name: string;
  readonly boot: string;
  readonly namespace: string;
}

let asked: Self | undefined;

const self = (): Self => {
  if (asked !== undefined) return asked;
  const name = processName(process.pid);
  const [, , , boot = '', namespace = ''] = NAME.exec(name) ?? [];
  const found = { name, boot, namespace };
  // Where there is a /proc, what is empty now may be readable later.
  if (process.platform !== 'linux' || (boot !== '' && namespace !== '')) asked = found;
  return found;
};

/**
 * Whether the process of a name still runs. `isShared`: machines with kernels of their own may see the name, so that one
 * of another boot may be running elsewhere.
 */
export const presenceOfProcess = (name: string, isShared: boolean): Presence => {
  const [, id, start = '', boot = '', namespace] = NAME.exec(name) ?? [];
  const pid = Number(id);
  if (!Number.isSafeInteger(pid)) return { state: 'dead' };
  const here = self();
  if (process.platform === 'linux') {
    if (boot === '' || here.boot === '') return unknown('it can not be seen in which boot it ran');
    if (boot !== here.boot)
      return isShared
        ? unknown('it runs on another machine, or ran before the last boot')
        : { state: 'dead' };
    // Version 0.1 did not write its pid namespace down, and knew none but its own.
    if (namespace !== undefined && (namespace === '' || namespace !== here.namespace))
      return unknown('it runs, or ran, in another pid namespace');
  }
  if (!isRunning(pid)) return { state: 'dead' };
  const now = startOf(pid);
  return start !== '' && now !== '' && start !== now ? { state: 'dead' } : { state: 'alive' };
};

const unknown = (why: string): Presence => ({ state: 'unknown', why });

/** The processes of this machine. */
export const realProcesses: Processes = {
  get self() {
    return self().name;
  },
  isAlive: (name) => presenceOfProcess(name, false).state !== 'dead',
};
