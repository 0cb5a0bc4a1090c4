/** What the exhaustive explorer and the slow one say of one workload: the invariants broken, by the state they broke in. */
import { diskModel } from '../disk/crash-model/disk-models.js';
import { explore } from '../explore/exhaustive/exhaustive.js';
import { drive } from '../life/drive.js';
import type { DiskModelName, Json, Suite } from '../suite/suite.js';
import { exploreSlowly } from './slow-explorer.js';

export interface Question {
  readonly suite: Suite;
  readonly workload: readonly Json[];
  readonly disk: DiskModelName;
  readonly depth: number;
}

type Outcomes = readonly (readonly [key: string, broken: string])[];

const COMMANDS_AFTER_CRASH = 1;

/** Of every state that was covered, by a life of its own or by one that could not tell it from its own. */
export const fastOutcomes = async ({ suite, workload, disk, depth }: Question): Promise<Outcomes> => {
  const seen = new Set<string>();
  const { brokenByKey } = await drive(
    explore(suite, workload, {
      model: diskModel(disk),
      depth,
      commandsAfterCrash: COMMANDS_AFTER_CRASH,
      imageBudget: 4096,
      lifeBudget: 100_000,
      stopped: () => undefined,
      seen,
    }),
  );
  // What a killed process left stands behind the key of what its successor sees.
  const keys = new Set([...seen].map((key) => key.split(' ', 1).join()));
  return [...keys].map((key) => [key, brokenByKey.get(key)?.toSorted().join() ?? ''] as const).sort();
};

export const slowOutcomes = async ({ suite, workload, disk, depth }: Question): Promise<Outcomes> => {
  const options = { model: diskModel(disk), depth, commandsAfterCrash: COMMANDS_AFTER_CRASH };
  return [...(await drive(exploreSlowly(suite, workload, options)))].sort();
};
