/** Values of options: text from the command line to data, or one clear sentence on what was expected. */
import { InvalidArgumentError } from 'commander';
import { isCommit } from '../../reports/history/history-files.js';
import type { StrategyChoice } from '../../sim/explore/options.js';
import type { Shard } from '../../sim/result/result.js';
import { GAP_MS_MAX } from '../../sim/suite/limits.js';
import type { DiskModelName } from '../../sim/suite/suite.js';

const DISK_MODELS: readonly DiskModelName[] = [
  'process-kill',
  'synced-only',
  'prefix',
  'ext4-nodelalloc',
  'ext4-delalloc',
  'ext4-ordered',
  'ext4-writeback',
  'btrfs-like',
  'posix',
  'posix-worst',
];

export const wholeNumber =
  (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      const limit =
        maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum} on` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`Expected a whole number ${limit}.`);
    }
    return value;
  };

const isDiskModel = (text: unknown): text is DiskModelName => DISK_MODELS.some((model) => model === text);

export const diskModel = (text: string): DiskModelName => {
  if (!isDiskModel(text)) throw new InvalidArgumentError(`Expected one of: ${DISK_MODELS.join(', ')}.`);
  return text;
};

export const shard = (text: string): Shard => {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const value = { index: Number(index), count: Number(count) };
  if (!(value.index >= 1 && value.index <= value.count)) {
    throw new InvalidArgumentError('Expected i/n with 1 ≤ i ≤ n, for example 1/3.');
  }
  return value;
};

const milliseconds = (text: string): number => {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return Number(amount) * (factors[unit] ?? Number.NaN);
};

/** '90', '90s', '5m' or '2h', in milliseconds. */
export const duration = (text: string): number => {
  const value = milliseconds(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a time above zero, for example 90s or 5m.');
  return value;
};

/** The same in whole milliseconds; '0' as well. */
export const durationFromZero = (text: string): number => {
  const value = milliseconds(text);
  if (!(value >= 0 && value <= GAP_MS_MAX)) {
    throw new InvalidArgumentError('Expected a time from 0 to 277h, for example 0, 90s or 5m.');
  }
  return Math.round(value);
};

const BOUND_MAX = 100;

/** 'mixed', 'random', 'pct', 'pct:3', 'dfs' or 'dfs:1': the number is pct's depth, or dfs's most preemptions. */
export const strategy = (text: string): StrategyChoice => {
  const [, kind, digits] = /^(mixed|random|pct|dfs)(?::(\d{1,3}))?$/.exec(text) ?? [];
  const bound = digits === undefined ? undefined : Number(digits);
  switch (kind) {
    case 'mixed':
    case 'random':
      if (bound === undefined) return { kind };
      break;
    case 'pct':
    case 'dfs':
      if (bound === undefined) return { kind };
      if (bound <= BOUND_MAX && (kind === 'dfs' || bound >= 1)) return { kind, bound };
  }
  throw new InvalidArgumentError('Expected mixed, random, pct, pct:<depth>, dfs or dfs:<preemptions>.');
};

/** Of git: 7 to 64 hexadecimal digits. */
export const commit = (text: string): string => {
  const name = text.toLowerCase();
  if (!isCommit(name)) throw new InvalidArgumentError('Expected 7 to 64 hexadecimal digits.');
  return name;
};
