/**
 * Keeps the heap of this process close to what it holds. Exploring makes much garbage that lives a little: left to itself, V8
 * lets the heap grow to several times what is in use before it looks there, which saves an exploration no time.
 *
 * It also has the young generation swept by one thread. Sweeps are so many and so short that waiting for helpers takes longer
 * than what they take over, and more so when the other cores have workers of their own: two of them then get no more done
 * than one.
 */
import { setFlagsFromString } from 'node:v8';

/** The heap is swept when it has grown by this much since the last time. */
const GROWTH_PERCENT = 70;

export const tuneGarbageCollector = (): void => {
  // Bun has another engine, and heaps of another kind.
  if ('bun' in process.versions) return;
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--no-parallel-scavenge');
};
