/** The files of a report directory: one result in every format that somebody has a viewer for. */
import type { CampaignResult } from '../sim/result.js';
import { renderReport } from './html/report.js';
import { renderJunit } from './junit.js';
import { renderLcov } from './lcov.js';
import { renderMarkdown } from './markdown.js';

const FILES = {
  'index.html': renderReport,
  'result.json': (result: CampaignResult): string => `${JSON.stringify(result, undefined, 1)}\n`,
  'report.md': renderMarkdown,
  'junit.xml': renderJunit,
  'lcov.info': renderLcov,
} as const;

export const reportFileNames: readonly string[] = Object.keys(FILES);

/** Name and contents of each file. */
export const renderReportFiles = (result: CampaignResult): ReadonlyMap<string, string> =>
  new Map(Object.entries(FILES).map(([name, render]) => [name, render(result)]));
