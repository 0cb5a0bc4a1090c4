/** `powercut`: everything a suite needs. */
export * as fc from 'fast-check';
/** What must hold in any event-sourced system: each wants a function that observes the system. */
export * as invariants from '../properties/invariants/index.js';
export { remember } from '../properties/memory.js';
export * from '../properties/observation.js';
export { defineSuite } from '../sim/define-suite.js';
export type { FaultCode, FaultKind, FaultPlan, FaultSelector } from '../sim/disk/fault-plan.js';
export { DISK_MODELS } from '../sim/disk/models.js';
export { PowercutError } from '../sim/errors.js';
export { combineResults } from '../sim/explore/combine.js';
export { exploreInProcess as exploreSuite } from '../sim/explore/explore-in-process.js';
export { DEFAULT_OPTIONS, type ExploreOptions, type ExploreProgress } from '../sim/explore/options.js';
export { replay } from '../sim/explore/replay.js';
export type * from '../sim/result.js';
export type {
  Attempted,
  CheckMoment,
  ClockSettings,
  DiskModelName,
  History,
  Invariant,
  Json,
  Limits,
  Outcome,
  PerformContext,
  Reachable,
  SimulatedEnvironment,
  Suite,
  SuiteDefinition,
} from '../sim/suite.js';
export {
  type Clock,
  type Environment,
  type FileSystem,
  type Random,
  realEnvironment,
  sleep,
} from '../src/environment.js';
