/** How many random runs, and how much processor time, it takes until the first violation. */
import { Agenda } from '../../sim/explore/campaign/agenda.js';
import { explorePart } from '../../sim/explore/campaign/explore-part.js';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import type { Suite } from '../../sim/suite/suite.js';

export interface FirstKill {
  /** Runs up to the first violation; where there was none, all of them. */
  readonly runs: number;
  readonly processorMs: number;
  readonly isKilled: boolean;
}

export const firstKill = async (
  suite: Suite,
  { seed, runs, guided }: { readonly seed: number; readonly runs: number; readonly guided: boolean },
): Promise<FirstKill> => {
  const options = { ...DEFAULT_OPTIONS, workloads: 0, bail: true, seed, runs, guided };
  const agenda = new Agenda(options);
  const before = process.cpuUsage();
  let made = 0;
  let isKilled = false;
  for (let next = agenda.take(); next !== undefined && !isKilled; next = agenda.take()) {
    const tally = await explorePart(suite, options, next);
    agenda.explored(next.part, tally);
    made += tally.runs;
    isKilled = tally.seen.size > 0;
  }
  const { user, system } = process.cpuUsage(before);
  return { runs: made, processorMs: (user + system) / 1000, isKilled };
};
