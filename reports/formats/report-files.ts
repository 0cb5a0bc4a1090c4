/** The files of a report directory: one result in every format that somebody has a viewer for. */
import type { CampaignResult } from '../../sim/result/result.js';
import { printableJson } from '../format.js';
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

/** The contents of one of them. */
export const renderReportFile = (name: ReportFileName, result: CampaignResult): string => FILES[name](result);

/** Name and contents of each file. */
export const renderReportFiles = (result: CampaignResult): ReadonlyMap<string, string> =>
  new Map(reportFileNames.map((name) => [name, renderReportFile(name, result)]));
