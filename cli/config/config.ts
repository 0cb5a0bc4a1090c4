/** What a config file may say. */
import type { DiskModelName } from '../../sim/suite/suite.js';
import type { ReporterName } from '../defaults.js';

/**
 * The default export of `powercut.config.ts`: defaults of `powercut run`, each named as its option. An option on the command line wins.
 * Paths are relative to the working directory. Times are texts such as `'90s'`, `'5m'` or `'2h'`.
 *
 * @example
 * ```ts title="powercut.config.ts"
 * import type { PowercutConfig } from 'powercut';
 *
 * export default { suites: ['test/power-cuts'], runs: 200, timeLimit: '5m' } satisfies PowercutConfig;
 * ```
 */
export interface PowercutConfig {
  /** Files, directories, globs or names of suites, for `run`, `list` and `replay` without any. Default: the shipped suites. */
  readonly suites?: readonly string[];
  readonly seed?: number;
  readonly runs?: number;
  readonly workloads?: number;
  readonly maxCommands?: number;
  readonly maxCrashes?: number;
  /** `'random'`, `'pct:3'`, `'mixed'` or `'dfs:1'`. */
  readonly strategy?: string;
  readonly callsPerLife?: number;
  /** Simulated time. */
  readonly patience?: string;
  readonly lives?: number;
  readonly images?: number;
  readonly schedules?: number;
  readonly commandsAfterCrash?: number;
  /** Simulated time. */
  readonly clockGap?: string;
  readonly clockJumps?: boolean;
  readonly disk?: DiskModelName;
  readonly workers?: number;
  readonly timeLimit?: string;
  readonly stallTimeout?: string;
  readonly reporter?: ReporterName;
  /** A file. */
  readonly json?: string;
  /** A directory. */
  readonly report?: string;
  readonly bail?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
  readonly corpus?: boolean;
  /** A directory; true: `.powercut/history`. */
  readonly history?: boolean | string;
}

const SETTINGS = {
  suites: true,
  seed: true,
  runs: true,
  workloads: true,
  maxCommands: true,
  maxCrashes: true,
  strategy: true,
  callsPerLife: true,
  patience: true,
  lives: true,
  images: true,
  schedules: true,
  commandsAfterCrash: true,
  clockGap: true,
  clockJumps: true,
  disk: true,
  workers: true,
  timeLimit: true,
  stallTimeout: true,
  reporter: true,
  json: true,
  report: true,
  bail: true,
  strict: true,
  verbose: true,
  corpus: true,
  history: true,
} as const satisfies Record<keyof PowercutConfig, true>;

/** The names of all settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);
