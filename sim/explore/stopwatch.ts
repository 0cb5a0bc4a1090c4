/** Real time, for bounds and rates of a campaign. Outside every life: nothing simulated may depend on it. */
import { performance } from 'node:perf_hooks';

/** Seconds since the stopwatch was started. */
export type Stopwatch = () => number;

export const startStopwatch = (): Stopwatch => {
  const startMs = performance.now();
  return () => (performance.now() - startMs) / 1000;
};
