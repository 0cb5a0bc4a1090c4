/**
 * The slow explorer: what the exhaustive explorer claims to equal. It remembers nothing and skips nothing: for every place
 * of every life it takes every legal image, whether or not it was possible before, and reaches each state by playing its
 * tape from the empty disk. For tests: its cost is exponential in the depth.
 */

import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { type Crash, Frontier } from '../disk/crash-model/durability.js';
import { legalSurvivals } from '../disk/crash-model/legal-losses.js';
import type { Driven } from '../life/drive.js';
import { playTape } from '../run/tape.js';
import type { Json, Suite } from '../suite/suite.js';

export interface SlowOptions {
  readonly model: DiskModel;
  readonly depth: number;
  readonly commandsAfterCrash: number;
}

const BUDGET = 4096;

const noSampling = (): never => {
  throw new Error('This workload has too many images for the slow explorer.');
};

/** Every state that a crash may lead to, with the names of the invariants broken in the life that follows it. */
export function* exploreSlowly(
  suite: Suite,
  workload: readonly Json[],
  { model, depth, commandsAfterCrash }: SlowOptions,
): Driven<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>();
  const tapes: (readonly Crash[])[] = [[]];
  for (const crashes of tapes) {
    const { lives } = yield* playTape(suite, model, { workload, crashes, commandsAfterCrash });
    const life = lives.at(-1);
    if (life === undefined) continue;
    const broken = life.broken.map(({ invariant }) => invariant).sort();
    if (crashes.length > 0) outcomes.set(life.start.key, broken.join());
    if (crashes.length === depth || broken.length > 0) continue;
    const frontier = new Frontier(life.start, model);
    for (const [index, entry] of life.world.journal.entries.entries()) {
      frontier.pass(entry);
      const { survivals, exact } = legalSurvivals(frontier.volatile, model, undefined, BUDGET, noSampling);
      if (!exact) noSampling();
      for (const survival of survivals) {
        const state = frontier.state(index + 1, survival);
        if (state !== undefined) tapes.push([...crashes, state.crash]);
      }
      const killed = crashes.at(-1)?.isKill === true ? undefined : frontier.kill(index + 1);
      if (killed !== undefined && crashes.length + 1 < depth) tapes.push([...crashes, killed.crash]);
    }
  }
  return outcomes;
}
