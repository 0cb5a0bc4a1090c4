/**
 * Explores one suite in this process, with the corpus of `powercut run`. It replays saved failures first, reports those that
 * still fail with the new ones, and saves the new ones.
 */
import { type StillFailing, withRegressions } from '../../sim/explore/campaign/add-regressions.js';
import { exploreInProcess } from '../../sim/explore/campaign/explore-in-process.js';
import type { AskNewProcess } from '../../sim/explore/campaign/outliving-state.js';
import { playAgain } from '../../sim/explore/campaign/replay-regressions.js';
import type { ExplorationBounds } from '../../sim/explore/options.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Suite } from '../../sim/suite/suite.js';
import { type CorpusWarning, changeCorpus, type Entry, isKeptOf, nameOf, readCorpus } from './corpus.js';

export interface Remembered {
  readonly result: SuiteResult;
  /** What was wrong with the corpus, which is never a reason to fail. */
  readonly warnings: readonly CorpusWarning[];
}

/** Explores `suite` with the corpus of a directory. @throws what `exploreSuite` throws */
export const exploreRemembering = async (
  suite: Suite,
  options: ExplorationBounds,
  directory: string,
  ask?: AskNewProcess,
): Promise<Remembered> => {
  const { entries, warning } = await readCorpus(directory);
  const failing: StillFailing[] = [];
  const played: Entry[] = [];
  for (const entry of entries.filter((one) => isKeptOf(one, suite, options.disk))) {
    // Time is up: nothing is said of what was not played.
    if (options.signal?.aborted === true) break;
    const replayed = await playAgain(suite, options, entry);
    if (replayed.kind === 'fails') failing.push(replayed);
    played.push(entry);
  }
  const result = withRegressions(await exploreInProcess(suite, options, ask), failing);
  const warnings = warning === undefined ? [] : [warning];
  if (warning?.code === 'CORPUS_NOT_A_DIRECTORY' || warning?.code === 'CORPUS_UNREADABLE')
    return { result, warnings };
  const keep =
    result.expected === 'safe' ? [...result.violations, ...failing.map(({ violation }) => violation)] : [];
  const names = new Set(keep.map(nameOf));
  const drop = played.filter(({ name }) => !names.has(name));
  const changed = await changeCorpus(directory, { keep, drop });
  return { result, warnings: changed.warning === undefined ? warnings : [...warnings, changed.warning] };
};
