/** The world of one life: made of where it starts, the suite, and what was drawn for it. */

import { localeOf } from '../guard/patches/locale.js';
import { absoluteReads } from '../guard/program/program-paths.js';
import { clockOf, limitsOf } from '../suite/limits.js';
import type { Suite } from '../suite/suite.js';
import type { LifeStart, LiveOptions } from './life-record.js';
import { World } from './world.js';
import type { WorldOptions } from './world-options.js';

const faultsOf = (
  suite: Suite,
  { model, faultSeed, conditions = {} }: LiveOptions,
): Pick<WorldOptions, 'faults'> => {
  if (suite.faults === undefined || suite.faults.length === 0) return {};
  const { faultsOn: on, faultStrikes: strikes } = conditions;
  const seed = faultSeed === undefined ? {} : { seed: faultSeed };
  const which = { ...(on === undefined ? {} : { on }), ...(strikes === undefined ? {} : { strikes }) };
  return { faults: { plans: suite.faults, model, ...seed, ...which } };
};

export const worldOf = (suite: Suite, { image, history }: LifeStart, options: LiveOptions): World =>
  new World({
    image,
    history,
    scheduling: options.scheduling,
    skewMs: options.conditions?.skewMs ?? 0,
    limits: limitsOf(suite),
    gapMs: clockOf(suite).gapMs,
    series: options.series,
    notesReads: options.notesReads ?? false,
    sites: options.sites ?? false,
    prints: options.prints ?? false,
    locale: localeOf(suite.locale),
    reads: absoluteReads(suite.reads ?? []),
    origins: options.origins,
    ...faultsOf(suite, options),
  });
