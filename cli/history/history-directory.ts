/**
 * The history of a project in a directory that one can commit: a file for each finding, and one for each campaign.
 *
 * Files come in whole, by renaming. There are never many of them: the oldest campaigns make room, and the findings that were
 * resolved longest ago. Whatever else is in the directory is not read, not followed and not removed.
 */
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { printableLine } from '../../reports/format.js';
import { bounded, CAMPAIGNS_MAX, FINDINGS_MAX } from '../../reports/history/bounded.js';
import { EMPTY_HISTORY, type History, type HistoryFinding } from '../../reports/history/history.js';
import {
  campaignFileName,
  findingFileName,
  printCampaign,
  printFinding,
  readCampaign,
  readFinding,
} from '../../reports/history/history-files.js';
import { decodeToken } from '../../sim/replay/token.js';
import { firstNames, isThere, obstacleOn, plainText, removeFile } from '../files/plain-files.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { messageOf } from '../usage-error.js';

/** A token has at most 256 Ki characters. */
const FILE_BYTES_MAX = 300 * 1024;

const FINDING = /^finding-[0-9a-f]{16}\.json$/;
const CAMPAIGN = /^campaign-[0-9TZ]{19}-[0-9a-f]{16}\.json$/;

/** What is wrong with a history: worth a line, and never a reason not to explore. */
export interface HistoryWarning {
  readonly code: 'HISTORY_NOT_A_DIRECTORY' | 'HISTORY_UNREADABLE' | 'HISTORY_FOREIGN' | 'HISTORY_UNWRITABLE';
  readonly message: string;
}

export interface HistoryRead {
  readonly history: History;
  readonly warning?: HistoryWarning;
}

/** The warnings after which nothing is written, either. */
export const isUnusable = (warning: HistoryWarning | undefined): boolean =>
  warning?.code === 'HISTORY_NOT_A_DIRECTORY' || warning?.code === 'HISTORY_UNREADABLE';

const unreadable = (directory: string, thrown: unknown): HistoryWarning => ({
  code: 'HISTORY_UNREADABLE',
  message: `The history can't be read from '${printableLine(directory)}': ${messageOf(thrown)}.`,
});

/** Of a path that is relative to `from`, each part: a link would lead out of the project. */
const partsOf = (from: string, directory: string): readonly string[] => {
  if (isAbsolute(directory)) return [directory];
  const parts = normalize(directory).split(sep);
  return parts.map((_, index) => join(from, ...parts.slice(0, index + 1)));
};

/** What is wrong with the way to the directory; 'absent' where it is not there yet. */
const pathWarning = async (
  from: string,
  directory: string,
): Promise<HistoryWarning | 'absent' | undefined> => {
  const obstacle = await obstacleOn(partsOf(from, directory));
  switch (obstacle?.kind) {
    case 'absent':
      return 'absent';
    case 'unreadable':
      return unreadable(directory, obstacle.thrown);
    case 'not a directory':
      return {
        code: 'HISTORY_NOT_A_DIRECTORY',
        message: `'${printableLine(obstacle.path)}' is not a directory, so the history is neither read nor written.`,
      };
    default:
      return undefined;
  }
};

/** A finding whose token is of its suite. */
const soundFinding = (name: string, text: string): HistoryFinding | undefined => {
  const finding = readFinding(name, text);
  try {
    return finding !== undefined && decodeToken(finding.token).suite === finding.suite ? finding : undefined;
  } catch {
    return undefined; // of another version, or forged: told as foreign
  }
};

const foreign = (directory: string, names: readonly string[]): HistoryWarning => ({
  code: 'HISTORY_FOREIGN',
  message: `Ignored in ${printableLine(directory)}, as this version wrote no such files: ${firstNames(names)}.`,
});

interface Known<Item> {
  readonly items: readonly Item[];
  readonly others: readonly string[];
}

/** The contents of the files with the last `most` of these names. */
const readAll = async <Item>(
  path: string,
  names: readonly string[],
  most: number,
  read: (name: string, text: string) => Item | undefined,
): Promise<Known<Item>> => {
  const items: Item[] = [];
  const others: string[] = names.slice(0, Math.max(0, names.length - most));
  for (const name of names.slice(-most)) {
    const text = await plainText(join(path, name), { bytesMax: FILE_BYTES_MAX });
    const item = text === undefined ? undefined : read(name, text);
    if (item === undefined) others.push(name);
    else items.push(item);
  }
  return { items, others };
};

/**
 * The history in a directory, by a path relative to `from`. Never rejects: where it can't be read, the warning says why.
 * Cost: reads each file.
 */
export const readHistory = async (from: string, directory: string): Promise<HistoryRead> => {
  const wrong = await pathWarning(from, directory);
  if (wrong !== undefined)
    return { history: EMPTY_HISTORY, ...(wrong === 'absent' ? {} : { warning: wrong }) };
  const path = isAbsolute(directory) ? directory : join(from, directory);
  try {
    const names = (await readdir(path)).sort();
    const findings = await readAll(
      path,
      names.filter((name) => FINDING.test(name)),
      FINDINGS_MAX,
      soundFinding,
    );
    const campaigns = await readAll(
      path,
      names.filter((name) => CAMPAIGN.test(name)),
      CAMPAIGNS_MAX,
      readCampaign,
    );
    const others = [...findings.others, ...campaigns.others];
    const history = { findings: findings.items, campaigns: campaigns.items };
    return { history, ...(others.length === 0 ? {} : { warning: foreign(directory, others) }) };
  } catch (thrown) {
    return { history: EMPTY_HISTORY, warning: unreadable(directory, thrown) };
  }
};

const filesOf = ({ findings, campaigns }: History): ReadonlyMap<string, string> =>
  new Map([
    ...findings.map((finding) => [findingFileName(finding), printFinding(finding)] as const),
    ...campaigns.map((campaign) => [campaignFileName(campaign), printCampaign(campaign)] as const),
  ]);

/** Makes the files of `before` those of `after`. Files that stay the same are not written. */
const writeChanges = async (path: string, before: History, after: History): Promise<void> => {
  const [old, now] = [filesOf(before), filesOf(after)];
  const changed = new Map<string, string>();
  for (const [name, text] of now) {
    if (old.get(name) === text) continue;
    // What was not read as part of the history stays, whatever it is.
    if (old.has(name) || !(await isThere(join(path, name)))) changed.set(join(path, name), text);
  }
  if (changed.size > 0) await (await prepareOutputs([...changed.keys()].slice(0, 1))).write(changed);
  for (const name of old.keys()) if (!now.has(name)) await removeFile(join(path, name));
};

/** Writes what changed since `before` was read. Never rejects: where it can't be done, the warning says why. */
export const writeHistory = async (
  from: string,
  directory: string,
  before: History,
  after: History,
): Promise<{ readonly history: History; readonly warning?: HistoryWarning }> => {
  const history = bounded(after);
  const wrong = await pathWarning(from, directory);
  if (wrong !== undefined && wrong !== 'absent') return { history, warning: wrong };
  try {
    await writeChanges(isAbsolute(directory) ? directory : join(from, directory), before, history);
    return { history };
  } catch (thrown) {
    const message = `The history in '${printableLine(directory)}' is unchanged: ${messageOf(thrown)}`;
    return { history, warning: { code: 'HISTORY_UNWRITABLE', message } };
  }
};
