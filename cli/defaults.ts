/**
 * What options default to and choose from, apart from what uses it: a command line is read, and its help printed, before any
 * command is loaded.
 */
import { join } from 'node:path';

/** What a run prints on standard output. */
export const REPORTERS = ['default', 'dot', 'quiet', 'github', 'json', 'junit'] as const;

export type ReporterName = (typeof REPORTERS)[number];

/** Where a report is written, and looked for. */
export const REPORT_DIRECTORY = join('reports', 'out');

export const HISTORY_DIRECTORY = '.powercut/history';

/** In the directory of a report: how findings went over time. */
export const TREND_FILE = 'history.html';

/** Longest time that a suite's event loop may stand still. */
export const SILENT_MS_MAX = 60_000;

/** Workers that may end while they explore one part before it is left alone. */
export const DEATHS_MAX = 3;

/** How long a worker of a campaign may be silent before its part is given to another. */
export const LOCK_MS = 30_000;

/** Parts in the queue at once. Enough for some dozens of machines. */
export const IN_FLIGHT = 64;
