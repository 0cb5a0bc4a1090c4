/** The files of a report directory: one result in every format that somebody has a viewer for. */
import type { CampaignResult } from '../../sim/result/result.js';
import { printableJson } from '../format.js';
import type { History } from '../history/history.js';
import { renderReport } from '../html/report.js';
import { renderJunit } from './junit.js';
import { renderLcov } from './lcov.js';
import { renderMarkdown } from './markdown.js';

const FILES = {
  'index.html': renderReport,
  'result.json': (result: CampaignResult): string => `${printableJson(result, 1)}\n`,
  'report.md': renderMarkdown,
  'junit.xml': renderJunit,
  'lcov.info': renderLcov,
} as const;

export type ReportFileName = keyof typeof FILES;

// Its keys are all there is in it.
export const reportFileNames = Object.keys(FILES) as readonly ReportFileName[];

/** The contents of one of them. The page shows the history, where it is given. */
export const renderReportFile = (name: ReportFileName, result: CampaignResult, history?: History): string =>
  FILES[name](result, history);

/** Name and contents of each file. The page shows the history, where it is given. */
export const renderReportFiles = (result: CampaignResult, history?: History): ReadonlyMap<string, string> =>
  new Map(reportFileNames.map((name) => [name, renderReportFile(name, result, history)]));
