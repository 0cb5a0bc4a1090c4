/** Real time, for bounds and rates of a campaign. Outside every life: nothing simulated may depend on it. */
import { performance } from 'node:perf_hooks';

/** Seconds since the stopwatch was started. */
export type Stopwatch = () => number;

/** The host's, taken before any guard is installed: a stopwatch is also looked at while a life's code is running. */
const hostNow = performance.now.bind(performance);

export const startStopwatch = (): Stopwatch => {
  const startMs = hostNow();
  return () => (hostNow() - startMs) / 1000;
};
