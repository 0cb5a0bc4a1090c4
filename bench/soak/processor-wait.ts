/** How long a process waited for a processor: the part of a delay that the machine adds, and not the program. */
import { readdirSync, readFileSync } from 'node:fs';

/** One thread's line of the kernel's: nanoseconds on a processor, nanoseconds ready to run without one, turns. */
const waitedNs = (thread: string): number => {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[1]);
  } catch {
    return 0; // The thread ended meanwhile.
  }
};

/**
 * For how many milliseconds, all in all, threads of this process were ready to run while no processor was free for them. 0
 * where the system does not say: only Linux does.
 */
export const processorWaitMs = (): number => {
  if (process.platform !== 'linux') return 0;
  const ns = readdirSync('/proc/self/task').reduce((sum, thread) => sum + waitedNs(thread), 0);
  return ns / 1_000_000;
};
