/**
 * The guard: the world serves real time, timers, randomness and I/O that a simulated life uses past its environment, or
 * the guard reports them with their call site. This holds in all code, dependencies included. Nothing passes silently.
 *
 * It replaces the globals and the builtin modules' exports with its own functions, once per process. So it makes no
 * difference whether a function was imported by name, by default, by `require`, or is a global. The guard does not reach:
 *
 * - a function that was copied into a variable before the guard was installed (`const { now } = Date`). So the command
 *   line and the entries for tests install it before they load anything else. Such copies of `node:fs` are refused;
 * - a value that is no function, imported by name (`import { pid } from 'node:process'`);
 * - the randomness inside some ciphers and signatures (RSA-OAEP, ECDSA).
 */
import { syncBuiltinESMExports } from 'node:module';
import { active, asHost } from '../process/active-life.js';
import type { GuardedLife } from '../process/guarded-life.js';
import { lifeOver } from '../process/life-over.js';
import { enterProcess, leaveProcess } from '../process/simulated-process.js';
import { unwatch, watch } from './async-escapes.js';
import { serveDynamicImports } from './dynamic-import.js';
import { handOver, lookClosely } from './host/host-state.js';
import { patchReversible } from './host/reversible-objects.js';
import { unreachableFunctions } from './patch.js';
import { patchTime } from './patches/clocks.js';
import { patchConstants } from './patches/constants.js';
import { patchEnvironmentVariables } from './patches/environment-variables.js';
import { enterZone, leaveZone, patchLanguage } from './patches/locale.js';
import { patchNativeAddons } from './patches/native-addons.js';
import { patchNativeFileSystem } from './patches/native-file-system.js';
import { mount, patchFileSystem } from './patches/node-fs.js';
import { patchPerformanceEntries } from './patches/performance-entries.js';
import { patchProcess } from './patches/process-events.js';
import { patchMachine } from './patches/process-state.js';
import { patchRandomness } from './patches/randomness.js';
import { patchRefusals } from './patches/refused-modules.js';
import { patchSignatures } from './patches/signatures.js';
import { patchPrinting } from './patches/stdio.js';
import { patchOffThread } from './patches/thread-pool.js';
import { patchTimers } from './patches/timers.js';
import { patchPromisedTimers } from './patches/timers-promises.js';
import { patchVirtualMachines } from './patches/virtual-machines.js';
import { patchGarbage } from './patches/weak-references.js';
import { patchWebObjects } from './patches/web-objects.js';
import { patchZlibStreams } from './patches/zlib-streams.js';

export interface Guard {
  /** From here on this life's code runs, until {@link leave}, in one synchronous stretch. Spans do not nest. */
  enter(life: GuardedLife): void;
  /** From here on the host's code runs: every patched function is again what it was, but for the time zone. */
  leave(): void;
  /**
   * Says whose code runs in the spans up to the next call. The changes that this life made to the process are in force.
   * 'explorer': a life is over. 'host': the host goes on, and finds its process as it left it, its time zone included.
   */
  handOver(next: GuardedLife | 'explorer' | 'host'): void;
  /** From here on lives are those of another program. */
  begin(): void;
  /** The life whose code is running; undefined outside of a span. */
  running(): GuardedLife | undefined;
  /** Calls `act` as the host's code, whosever code is running, and returns what it returns. */
  asHost<T>(act: () => T): T;
  /**
   * From now on `node:fs`, for that life, is `fs`: an object with the names of `node:fs`, synchronous, called back
   * and `promises`. A life without one is refused every use of it.
   */
  mount(life: GuardedLife, fs: object): void;
  /** Functions that this runtime does not let the guard replace, by name: they are real inside a life. None on Node. */
  readonly unreachable: readonly string[];
}

/** Where a process keeps its guard, whichever copy of this module installed it. */
const KEY = Symbol.for('powercut.guard');

const install = (): Guard => {
  // First: the way to it is one of the things refused below.
  patchNativeFileSystem();
  patchTime();
  patchLanguage(globalThis);
  patchTimers();
  patchPromisedTimers();
  patchRandomness();
  patchSignatures();
  patchOffThread();
  patchZlibStreams();
  patchGarbage(globalThis);
  patchPrinting();
  patchMachine();
  patchConstants();
  patchPerformanceEntries();
  patchWebObjects();
  patchVirtualMachines();
  patchProcess();
  patchReversible();
  patchEnvironmentVariables();
  patchNativeAddons();
  patchRefusals();
  patchFileSystem();
  serveDynamicImports();
  syncBuiltinESMExports();
  let latest: GuardedLife | undefined;
  return {
    enter: (life) => {
      if (active.life !== undefined)
        throw new Error('guard.enter: a life is already running; leave it first');
      if (life.watched === true) watch();
      enterProcess(life);
      enterZone(life);
      active.life = life;
    },
    leave: () => {
      const { life } = active;
      active.life = undefined;
      if (life !== undefined) leaveProcess(life);
      if (life?.watched === true) unwatch();
    },
    handOver: (next) => {
      handOver(next);
      if (next === 'explorer' && latest !== undefined) lifeOver(latest);
      if (typeof next === 'object') latest = next;
      if (next === 'host') leaveZone();
    },
    begin: lookClosely,
    running: () => active.life,
    asHost,
    mount,
    unreachable: unreachableFunctions(),
  };
};

/** Installs the guard, or returns the one that this process has. Takes some 10 ms the first time. */
export const installGuard = (): Guard => {
  const installed: unknown = Reflect.get(globalThis, KEY);
  if (installed !== undefined) return installed as Guard; // only ever written below
  const guard = install();
  Reflect.defineProperty(globalThis, KEY, { value: guard });
  return guard;
};
