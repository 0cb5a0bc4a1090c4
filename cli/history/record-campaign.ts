/** Takes a campaign into the history of a directory. */
import { EMPTY_HISTORY, type History, type Moment } from '../../reports/history/history.js';
import { type Change, type Replay, updated } from '../../reports/history/update-history.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { type HistoryWarning, isUnusable, readHistory, writeHistory } from './history-directory.js';

/** A directory, by its path relative to another one. */
export interface HistoryPlace {
  readonly from: string;
  readonly directory: string;
}

/** What belongs to a campaign besides its result. */
export interface Recorded {
  readonly moment: Moment;
  /** Findings of the history whose tokens were played. A finding that is not among them is never resolved. */
  readonly replays: readonly Replay[];
}

export interface HistoryUpdate {
  /** As it is now. */
  readonly history: History;
  readonly changes: readonly Change[];
  /** Never a reason to fail. */
  readonly warnings: readonly HistoryWarning[];
}

/**
 * Reads the history, takes the campaign into it, and writes what changed. Never rejects. Of two campaigns at the same time, each
 * writes whole files, and of a finding that both saw the count is the one of the last.
 */
export const updateHistory = async (
  { from, directory }: HistoryPlace,
  result: CampaignResult,
  { moment, replays }: Recorded,
): Promise<HistoryUpdate> => {
  const read = await readHistory(from, directory);
  const warnings = read.warning === undefined ? [] : [read.warning];
  if (isUnusable(read.warning)) return { history: EMPTY_HISTORY, changes: [], warnings };
  const { history, changes } = updated(read.history, { result, moment, replays });
  const written = await writeHistory(from, directory, read.history, history);
  return {
    history: written.history,
    changes,
    warnings: written.warning === undefined ? warnings : [...warnings, written.warning],
  };
};
