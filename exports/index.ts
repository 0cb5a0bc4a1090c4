/**
 * `powercut`: everything a suite needs.
 *
 * @module
 */
export * as fc from 'fast-check';
export type { PowercutConfig } from '../cli/config/config.js';
/** What must hold in any event-sourced system: each wants a function that observes the system. */
export * as invariants from '../properties/invariants/index.js';
/** How to observe a system for these invariants, and what an observation answers. */
export * as observation from '../properties/observation/index.js';
export type * from '../properties/observation/observation.js';
export { defineSuite } from '../sim/define-suite/define-suite.js';
export { DISK_MODELS } from '../sim/disk/crash-model/disk-models.js';
export { combineResults } from '../sim/explore/campaign/combine-results.js';
export { exploreInProcess as exploreSuite } from '../sim/explore/campaign/explore-in-process.js';
export {
  DEFAULT_OPTIONS,
  type ExploreOptions,
  type ExploreProgress,
  type StrategyChoice,
} from '../sim/explore/options.js';
export { type ReplayOptions, replay } from '../sim/replay/replay.js';
export type * from '../sim/result/result.js';
export type { FaultCode, FaultKind, FaultPlan, FaultSelector } from '../sim/suite/fault-plan.js';
export type { Locale } from '../sim/suite/locale.js';
export type {
  Attempted,
  CheckAnswer,
  CheckMoment,
  ClockSettings,
  Discrepancy,
  DiskModelName,
  History,
  Invariant,
  Json,
  Limits,
  Outcome,
  PerformContext,
  Reachable,
  ResultOf,
  SimulatedEnvironment,
  Suite,
  SuiteDefinition,
} from '../sim/suite/suite.js';
export type { Clock, Environment, FileSystem, Random } from '../src/environment.js';
export { PowercutError, type PowercutErrorCode, type PowercutErrorCodes } from '../src/powercut-error.js';
