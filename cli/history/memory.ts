/** The history that a run reads first and adds to in the end, where it is to have one. */

import { resolve } from 'node:path';
import { harmlessLine } from '../../reports/format.js';
import type { History, HistoryFinding } from '../../reports/history/history.js';
import type { Replay } from '../../reports/history/update-history.js';
import { renderChanges } from '../../reports/terminal/history.js';
import type { CampaignResult } from '../../sim/result/result.js';
import type { Context } from '../context.js';
import type { ReporterName } from '../defaults.js';
import { HISTORY_DIRECTORY } from '../defaults.js';
import { appearanceOn } from '../output/terminal.js';
import { commitOf } from './commit.js';
import { type HistoryWarning, readHistory } from './history-directory.js';
import { updateHistory } from './record-campaign.js';

export interface Memory {
  /** What is known: to be played first. */
  readonly findings: readonly HistoryFinding[];
  /** Takes the campaign into the history, and says on standard error what changed. Returns the history, where there is one. Never rejects. */
  readonly record: (
    result: CampaignResult,
    replays: readonly Replay[],
    reporter: ReporterName,
  ) => Promise<History | undefined>;
}

const NO_MEMORY: Memory = { findings: [], record: async () => undefined };

/** One line for each on standard error. */
export const warnOfHistory = (
  { stderr }: Pick<Context, 'stderr'>,
  warnings: readonly HistoryWarning[],
): void => {
  for (const { code, message } of warnings) stderr.write(`powercut: ${harmlessLine(message)} (${code})\n`);
};

/** The directory that the option `--history [dir]` names. */
const directoryNamed = (named: string | boolean | undefined): string | undefined =>
  named === true ? HISTORY_DIRECTORY : named === false ? undefined : named;

/** The history that the option names, to show it. Undefined without the option. Never rejects. */
export const historyNamed = async (
  named: string | boolean | undefined,
  context: Context,
): Promise<History | undefined> => {
  const directory = directoryNamed(named);
  if (directory === undefined) return undefined;
  const { history, warning } = await readHistory(context.directory, directory);
  warnOfHistory(context, warning === undefined ? [] : [warning]);
  return history;
};

/** The memory of a run. Without the option `history`, it remembers nothing. Never rejects. */
export const openMemory = async (
  { history: named, commit: given }: { readonly history?: string | boolean; readonly commit?: string },
  context: Context,
): Promise<Memory> => {
  const directory = directoryNamed(named);
  if (directory === undefined) return NO_MEMORY;
  const { directory: from, stderr, variables } = context;
  // Its warnings come again when the campaign is taken in.
  const { history: before } = await readHistory(from, directory);
  const commit = given ?? (await commitOf(resolve(from), variables));
  return {
    findings: before.findings,
    record: async (result, replays, reporter) => {
      const moment = { ...(commit === undefined ? {} : { commit }), time: new Date().toISOString() };
      const { history, changes, warnings } = await updateHistory({ from, directory }, result, {
        moment,
        replays,
      });
      warnOfHistory(context, warnings);
      const shown =
        reporter === 'quiet' ? changes.filter(({ finding }) => finding.state !== 'ongoing') : changes;
      stderr.write(renderChanges(shown, history, appearanceOn(stderr, variables)));
      return history;
    },
  };
};
