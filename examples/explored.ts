/** Explores an example's suite within bounds that fit a test, and gives back what a test asks of the result. */
import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type Suite,
  type SuiteResult,
} from '../exports/index.js';

export interface Explored {
  readonly result: SuiteResult;
  /** The invariants found broken, by name. */
  readonly broken: readonly string[];
  /** The story of each, by the invariant's name. */
  readonly stories: Readonly<Record<string, string>>;
}

export const explored = async (
  suite: Suite,
  disk: DiskModelName,
  bounds: Partial<ExploreOptions> = {},
): Promise<Explored> => {
  const result = await exploreSuite(suite, {
    ...DEFAULT_OPTIONS,
    workloads: 2,
    commands: 2,
    runs: 10,
    depth: 1,
    disk,
    ...bounds,
  });
  return {
    result,
    broken: result.violations.map(({ invariant }) => invariant).sort(),
    stories: Object.fromEntries(result.violations.map(({ invariant, story }) => [invariant, story])),
  };
};
