/** The options of `powercut run` that stand in for a suite's own limits and clock. */
import type { Overrides } from '../../sim/suite/limits.js';

export interface LimitOptions {
  readonly callsPerLife?: number;
  /** Milliseconds of simulated time. */
  readonly patience?: number;
  readonly lives?: number;
  readonly images?: number;
  readonly schedules?: number;
  readonly commandsAfterCrash?: number;
  /** Milliseconds. */
  readonly clockGap?: number;
  /** False: the clock is never set. */
  readonly clockJumps: boolean;
}

const given = <Value>(parts: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** What was given: without an option the suite's own setting holds. */
export const overridesOf = (options: LimitOptions): Overrides => {
  const limits = given({
    callsPerLife: options.callsPerLife,
    patienceMs: options.patience === undefined ? undefined : Math.ceil(options.patience),
    livesPerWorkload: options.lives,
    imagesPerCrashPoint: options.images,
    schedulesPerWorkload: options.schedules,
    commandsAfterCrash: options.commandsAfterCrash,
  });
  const clock = given<number | boolean>({
    gapMs: options.clockGap,
    jumps: options.clockJumps ? undefined : false,
  });
  return {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(clock).length === 0 ? {} : { clock }),
  };
};
