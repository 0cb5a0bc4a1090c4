/**
 * Keeps the heap of this process close to its live size. Exploration makes much garbage that survives a little: by default V8
 * lets the heap grow to several times the live size before it collects it, which saves an exploration no time.
 *
 * It also lets one thread collect the young generation. Collections are frequent and short, so waiting for helper threads takes
 * longer than their share of the work, and more so when the other cores have workers of their own: two workers then get no
 * more done than one.
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
