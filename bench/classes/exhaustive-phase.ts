/** The exhaustive phase of a suite, within the bounds of `powercut run`: as the explorer makes it, and by enumeration alone. */

import { survey } from '../../sim/explore/campaign/survey.js';
import type { Exhausted, ExhaustiveOptions } from '../../sim/explore/exhaustive/exhausted.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { Explorer } from '../../sim/explore/explorer.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../../sim/explore/options.js';
import type { Json, Suite } from '../../sim/suite/suite.js';

export type Way = 'enumeration' | 'classes';

/** Where too many images are legal, it samples them and leaves it at that. */
class EnumeratingExplorer extends Explorer {
  override exhaust(workload: readonly Json[], changes: Partial<ExhaustiveOptions> = {}): Promise<Exhausted> {
    const {
      imagesPerCrashPoint: imageBudget,
      livesPerWorkload: lifeBudget,
      commandsAfterCrash,
    } = this.limits;
    const { model, suite } = this;
    const { depth } = this.options;
    const bounds = { model, depth, imageBudget, lifeBudget, commandsAfterCrash };
    const stopped = (): ReturnType<Explorer['stopped']> => this.stopped();
    return this.driveWithinTime(explore(suite, workload, { ...bounds, stopped, ...changes }));
  }
}

/** @returns what became of each workload, in order */
export const exhaustivePhase = async (
  suite: Suite,
  way: Way,
  options: ExplorationBounds = DEFAULT_OPTIONS,
): Promise<readonly Exhausted[]> => {
  const explorer = new (way === 'classes' ? Explorer : EnumeratingExplorer)(suite, options);
  const results: Exhausted[] = [];
  await survey(
    explorer.workloads(),
    async (input) => {
      await explorer.exhaustScheduled(input, {}, (result) => {
        results.push(result);
        return true;
      });
      return results.at(-1)?.findings ?? [];
    },
    {
      seed: explorer.seedOf('exhaustive'),
      runs: options.workloads,
      expired: explorer.expired,
      bail: options.bail,
      onRun: () => undefined,
    },
  );
  return results;
};
