/** Limits and clock of a suite, with their defaults, and what a call overrides of them. */
import type { ClockSettings, Limits, Suite } from './suite.js';
import { derivedSuite } from './suite-registry.js';

export const DEFAULT_LIMITS: Required<Limits> = {
  // A life of ten thousand writes, each with an open, a sync and a close, stays far below it.
  callsPerLife: 200_000,
  patienceMs: 600_000,
  livesPerWorkload: 2_000,
  imagesPerCrashPoint: 256,
  schedulesPerWorkload: 2_000,
  commandsAfterCrash: 1,
};

export const DEFAULT_CLOCK: Required<ClockSettings> = { gapMs: 3_600_000, jumps: true };

/** Beyond it a date has no more place in a life that knows of thousands of things. */
export const GAP_MS_MAX = 1_000_000_000;

/** What a call says instead of the suite. */
export interface Overrides {
  readonly limits?: Limits;
  readonly clock?: ClockSettings;
}

export const limitsOf = ({ limits }: Overrides): Required<Limits> => ({ ...DEFAULT_LIMITS, ...limits });

export const clockOf = ({ clock }: Overrides): Required<ClockSettings> => ({ ...DEFAULT_CLOCK, ...clock });

/** The suite, with what is overridden in place of its own settings. */
export const withOverrides = (suite: Suite, { limits, clock }: Overrides): Suite =>
  limits === undefined && clock === undefined
    ? suite
    : derivedSuite(suite, {
        limits: { ...suite.limits, ...limits },
        clock: { ...suite.clock, ...clock },
      });

const part = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value }); // one property of that name

/**
 * What of the overrides shows in a life, and so belongs to a token; undefined where nothing does. The others bound an
 * exploration, and a replay explores nothing.
 */
export const carriedOverrides = ({ limits = {}, clock = {} }: Overrides): Overrides | undefined => {
  const { callsPerLife, patienceMs } = limits;
  const ofLimits = { ...part('callsPerLife', callsPerLife), ...part('patienceMs', patienceMs) };
  const ofClock = part('gapMs', clock.gapMs);
  const carried = {
    ...(Object.keys(ofLimits).length === 0 ? {} : { limits: ofLimits }),
    ...(Object.keys(ofClock).length === 0 ? {} : { clock: ofClock }),
  };
  return Object.keys(carried).length === 0 ? undefined : carried;
};
