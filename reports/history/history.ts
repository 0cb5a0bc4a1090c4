/**
 * The memory of a project's campaigns: what they found, since when, and how hard each looked. Plain data, which `powercut run
 * --history` keeps in small files that one can commit.
 */
import type { DiskModelName } from '../../sim/suite/suite.js';

/** When something was seen, and at which commit, where that is known. */
export interface Moment {
  /** In full or abbreviated, in hexadecimal digits. */
  readonly commit?: string;
  /** As `Date.prototype.toISOString` writes it. */
  readonly time: string;
}

/**
 * 'new': first seen by the last campaign that explored its suite. 'ongoing': seen before, and not resolved since. 'resolved': looked
 * for no less hard than when it was last seen, and not found; its run passes. 'regressed': seen again after that.
 */
export const FINDING_STATES = ['new', 'regressed', 'ongoing', 'resolved'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** How hard one campaign looked at one suite. */
export interface Effort {
  readonly disk: DiskModelName;
  /** Workloads explored exhaustively. */
  readonly workloads: number;
  /** Random runs. */
  readonly runs: number;
  /** Successive crashes explored. */
  readonly depth: number;
}

/** One bug, however often it was found. */
export interface HistoryFinding {
  /** See `Violation.identity`. */
  readonly identity: string;
  readonly suite: string;
  /** The file of the suite; absent for a shipped one. */
  readonly file?: string;
  readonly invariant: string;
  readonly statement: string;
  readonly state: FindingState;
  /** When the state became this one; of an ongoing finding, when it was first seen or came back. */
  readonly since: Moment;
  readonly first: Moment;
  readonly last: Moment;
  /** Campaigns that saw it. */
  readonly campaigns: number;
  /** Images and random runs in which it was seen, in all of them. */
  readonly seen: number;
  /** How often it came back. */
  readonly regressions: number;
  /** Replays the smallest run that shows it. */
  readonly token: string;
  /** The size of that run. */
  readonly commands: number;
  readonly crashes: number;
  /** How hard the campaign looked that saw it last. */
  readonly effort: Effort;
}

/** A part of a whole. */
export interface Covered {
  readonly covered: number;
  readonly total: number;
}

/** What one campaign did with one suite. */
export interface SuiteRecord extends Effort {
  readonly name: string;
  readonly verdict: 'holds' | 'violated' | 'undecided';
  /** Distinct states found: images together with what the outside world knows. */
  readonly distinct: number;
  /** Coverage, all its cells together: crash points, orders, torn writes, fates, steps of recoveries. */
  readonly cells: Covered;
  /** Behaviour that random runs showed first. */
  readonly novelty: number;
  /** The findings seen, by identity. */
  readonly findings: readonly string[];
}

/** One campaign. */
export interface CampaignRecord extends Moment {
  readonly seed: number;
  readonly digest: string;
  readonly seconds: number;
  readonly suites: readonly SuiteRecord[];
}

/** All that is kept: findings by identity, campaigns by time. */
export interface History {
  readonly findings: readonly HistoryFinding[];
  readonly campaigns: readonly CampaignRecord[];
}

export const EMPTY_HISTORY: History = { findings: [], campaigns: [] };

/** Whether a campaign looked no less hard than another. */
export const isNoLess = (effort: Effort, than: Effort): boolean =>
  effort.disk === than.disk &&
  effort.workloads >= than.workloads &&
  effort.runs >= than.runs &&
  effort.depth >= than.depth;
