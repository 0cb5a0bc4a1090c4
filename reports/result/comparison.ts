/**
 * The comparison: one row for each suite, one column for each thing that tells designs apart.
 *
 * Every report that shows the comparison takes its columns from here. Costs are looked up by name, so a
 * suite that does not say one has a dash there: never a made-up zero.
 */
import type { CampaignResult, GrowthPoint, SuiteResult } from '../../sim/result/result.js';
import { formatName, formatNumber } from '../format.js';

export type Tone = 'good' | 'bad' | 'warn' | 'plain' | 'faint';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Column {
  readonly key: string;
  /** Two short lines for narrow tables, e.g. ['events', 'lost']. */
  readonly heading: readonly [string, string];
  /** One sentence on what the figure means. */
  readonly meaning: string;
  readonly align: 'left' | 'right';
  readonly cell: (suite: SuiteResult) => Cell;
}

const DASH: Cell = { text: '–', tone: 'faint' };

/** The worst that any checked image showed: good at zero, bad above. */
const worst =
  (name: string) =>
  (suite: SuiteResult): Cell => {
    const cost = suite.costs[name];
    if (cost === undefined) return DASH;
    return { text: formatNumber(cost.max), tone: cost.max > 0 ? 'bad' : 'plain' };
  };

const figure =
  (name: string, part: 'mean' | 'max') =>
  (suite: SuiteResult): Cell => {
    const cost = suite.costs[name];
    return cost === undefined ? DASH : { text: formatNumber(cost[part]), tone: 'plain' };
  };

const verdictCell = (suite: SuiteResult): Cell => {
  if (suite.verdict === 'undecided') return { text: '? undecided', tone: 'warn' };
  const word = suite.verdict === 'holds' ? '✓ holds' : '✗ violated';
  return { text: suite.asExpected ? word : `${word} !`, tone: suite.verdict === 'holds' ? 'good' : 'bad' };
};

/** What recovery re-reads, by the name under which the shipped suites say it. */
export const RECOVERY_COST = 'eventsReadOnRecovery';

/**
 * How a cost follows the length of the workload, from the first and last points measured:
 * the exponent of the power law through both (0: flat, 1: in proportion), or undefined where there is none.
 */
const growthExponent = (growth: readonly GrowthPoint[], cost: string): number | undefined => {
  const points = growth.filter((point) => point.costs[cost] !== undefined && point.commands > 0);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.commands <= first.commands) return undefined;
  // One added to both: a cost that starts at zero and stays there is flat, not undefined.
  const rise = ((last.costs[cost] ?? 0) + 1) / ((first.costs[cost] ?? 0) + 1);
  return Math.log(rise) / Math.log(last.commands / first.commands);
};

/** '4→15': the figures themselves, and a tone for whether they rise in step with the store. */
const growthCell = (suite: SuiteResult): Cell => {
  const exponent = growthExponent(suite.growth, RECOVERY_COST);
  const figures = suite.growth.flatMap(({ costs }) => costs[RECOVERY_COST] ?? []);
  if (exponent === undefined) return DASH;
  const text = `${formatNumber(figures[0] ?? 0)}→${formatNumber(figures.at(-1) ?? 0)}`;
  return { text, tone: exponent < 0.25 ? 'good' : exponent < 0.5 ? 'plain' : 'warn' };
};

/** In the order in which a reader asks: is it safe, how hard was it tried, what broke, what does it cost. */
const COLUMNS: readonly Column[] = [
  {
    key: 'verdict',
    heading: ['', 'verdict'],
    meaning:
      'Whether every invariant held on every image checked. An exclamation mark: not as the suite expects.',
    align: 'left',
    cell: verdictCell,
  },
  {
    key: 'images',
    heading: ['images', 'checked'],
    meaning: 'Disks a power cut may leave behind, on which recovery was run and every invariant checked.',
    align: 'right',
    cell: (suite) => ({ text: formatNumber(suite.exploration.images.checked), tone: 'plain' }),
  },
  {
    key: 'lost',
    heading: ['events', 'lost'],
    meaning:
      'Events that were acknowledged and gone, or that some listener never heard of, at worst in one image.',
    align: 'right',
    cell: worst('eventsLost'),
  },
  {
    key: 'stale',
    heading: ['stale', 'models'],
    meaning: 'Read models that stayed behind the store, at worst in one image.',
    align: 'right',
    cell: worst('staleModels'),
  },
  {
    key: 'twice',
    heading: ['sent', 'twice'],
    meaning: 'Duplicates delivered after a restart, at worst in one image.',
    align: 'right',
    cell: figure('duplicatesDelivered', 'max'),
  },
  {
    key: 'fsyncs',
    heading: ['fsyncs', '/cmd'],
    meaning: 'fsync and fdatasync calls for each command, on average.',
    align: 'right',
    cell: figure('fsyncsPerCommand', 'mean'),
  },
  {
    key: 'reread',
    heading: ['re-read', 'on boot'],
    meaning: 'Events read again during recovery, at worst in one image.',
    align: 'right',
    cell: figure(RECOVERY_COST, 'max'),
  },
  {
    key: 'growth',
    heading: ['re-read', 'growth'],
    meaning: 'Events read again during recovery after the shortest and after the longest workload measured.',
    align: 'right',
    cell: growthCell,
  },
];

/** Columns in which at least one suite has a value. */
export const columnsOf = (result: CampaignResult): readonly Column[] =>
  COLUMNS.filter((column) => result.suites.some((suite) => column.cell(suite) !== DASH));

/** Names under which costs are shown; any other name is shown as words. */
const COST_LABELS: Readonly<Record<string, string>> = {
  duplicatesDelivered: 'duplicates delivered',
  eventsLost: 'events lost',
  eventsReadOnRecovery: 'events re-read on recovery',
  fsyncsPerCommand: 'fsyncs per command',
  staleModels: 'stale read models',
};

export const costLabel = (name: string): string =>
  Object.hasOwn(COST_LABELS, name) ? (COST_LABELS[name] ?? name) : formatName(name);
