/** The options of `powercut run`: names, values, defaults and help. */
import { Command, Option } from 'commander';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import { DEFAULT_LIMITS } from '../../sim/suite/limits.js';
import { HISTORY_DIRECTORY, REPORT_DIRECTORY, REPORTERS, SILENT_MS_MAX } from '../defaults.js';
import {
  commit,
  diskModel,
  duration,
  durationFromZero,
  shard,
  strategy,
  wholeNumber,
} from './option-parsers.js';
import type { RunOptions } from './run.js';

const SEED_MAX = 0xffff_ffff;

/** A limit that a suite may state, too: without the option, the suite's own holds. */
const limit = (flags: string, text: string, minimum: number, name: keyof typeof DEFAULT_LIMITS): Option =>
  new Option(flags, `${text} (default: the suite's, or ${DEFAULT_LIMITS[name]})`).argParser(
    wholeNumber(minimum),
  );

/** `powercut run` without its action. */
export const runProgram = (): Command =>
  new Command('run')
    .description('explore suites under crashes and write a report (default: the six shipped suites)')
    .argument(
      '[suites...]',
      'suite files (.ts, .js, .mjs), globs, directories with *.suite.* files, or names of shipped suites',
    )
    .option('--grep <text>', 'only suites with this text in their names')
    .addOption(
      new Option('--seed <n>', 'random seed')
        .argParser(wholeNumber(0, SEED_MAX))
        .default(DEFAULT_OPTIONS.seed),
    )
    .addOption(
      new Option('--runs <n>', 'random runs per suite')
        .argParser(wholeNumber(0))
        .default(DEFAULT_OPTIONS.runs),
    )
    .addOption(
      new Option('--workloads <n>', 'workloads explored exhaustively per suite')
        .argParser(wholeNumber(0))
        .default(DEFAULT_OPTIONS.workloads),
    )
    .addOption(
      new Option('--max-commands <n>', 'commands in the longest workload explored exhaustively')
        .argParser(wholeNumber(1, 10_000))
        .default(DEFAULT_OPTIONS.commands),
    )
    .addOption(
      new Option('--max-crashes <n>', 'successive crashes explored exhaustively')
        .argParser(wholeNumber(0, 100))
        .default(DEFAULT_OPTIONS.depth),
    )
    .addOption(
      new Option(
        '--strategy <name>',
        'schedule of concurrent calls and timers: random, pct[:depth], mixed (random and pct), or dfs[:preemptions] (every schedule)',
      )
        .argParser(strategy)
        .default(DEFAULT_OPTIONS.strategy, DEFAULT_OPTIONS.strategy.kind),
    )
    .addOption(
      limit(
        '--calls-per-life <n>',
        'calls per process lifetime before it counts as a livelock',
        1,
        'callsPerLife',
      ),
    )
    .addOption(
      new Option(
        '--patience <time>',
        "simulated time to wait for one operation before it counts as stuck (default: the suite's, or 10m)",
      ).argParser(duration),
    )
    .addOption(limit('--lives <n>', 'process lifetimes explored per workload', 1, 'livesPerWorkload'))
    .addOption(
      limit(
        '--images <n>',
        'crash images checked per crash point; if there are more, sample them',
        1,
        'imagesPerCrashPoint',
      ),
    )
    .addOption(
      limit(
        '--schedules <n>',
        'schedules explored per workload by --strategy dfs',
        1,
        'schedulesPerWorkload',
      ),
    )
    .addOption(
      limit('--commands-after-crash <n>', 'new commands sent after each crash', 0, 'commandsAfterCrash'),
    )
    .addOption(
      new Option(
        '--clock-gap <time>',
        "clock advance at a restart, per command and effect so far (default: the suite's, or 1h)",
      ).argParser(durationFromZero),
    )
    .option('--no-clock-jumps', 'do not set the clock in random runs')
    .addOption(new Option('--disk <model>', "disk model (default: the suite's)").argParser(diskModel))
    .addOption(
      new Option('--workers <n>', 'worker processes (default: one per core)').argParser(wholeNumber(1, 1024)),
    )
    .addOption(new Option('--shard <i/n>', 'explore every nth suite, starting with the ith').argParser(shard))
    .addOption(
      new Option(
        '--time-limit <time>',
        'stop after this time, such as 90s or 5m (default: no limit)',
      ).argParser(duration),
    )
    .addOption(
      new Option(
        '--stall-timeout <time>',
        'kill a worker whose suite blocks its thread, or loads, for this time',
      )
        .argParser(duration)
        .default(SILENT_MS_MAX, '60s'),
    )
    .addOption(
      new Option(
        '--reporter <name>',
        'print this: default, failures only (dot, quiet), default with annotations (github), or a document (json, junit)',
      )
        .choices(REPORTERS)
        .default('default'),
    )
    .option('--json <file>', 'also write the result to this file')
    .option('--report <dir>', 'write the report to this directory', REPORT_DIRECTORY)
    .option('--watch', 'after each change of a file in this directory, run again what it reaches', false)
    .option('--bail', 'stop at the first violation', false)
    .option('--strict', 'exit with 3 if a bound stopped the exploration of a suite', false)
    .option('--verbose', 'print every story in full, and the coverage of each suite', false)
    .addOption(
      new Option(
        '--history [dir]',
        `remember findings and campaigns in this directory (without one: ${HISTORY_DIRECTORY})`,
      ).preset(HISTORY_DIRECTORY),
    )
    .addOption(
      new Option('--commit <sha>', 'commit of the history (default: that of CI, or of git)').argParser(
        commit,
      ),
    )
    .option('--no-corpus', 'ignore .powercut/corpus: do not replay or save failures')
    .addOption(
      new Option('--commands <n>', `old name of --max-commands (default: ${DEFAULT_OPTIONS.commands})`)
        .argParser(wholeNumber(1, 10_000))
        .conflicts('maxCommands'),
    )
    .addOption(
      new Option('--depth <n>', `old name of --max-crashes (default: ${DEFAULT_OPTIONS.depth})`)
        .argParser(wholeNumber(0, 100))
        .conflicts('maxCrashes'),
    )
    .addOption(
      new Option('--time <time>', 'old name of --time-limit').argParser(duration).conflicts('timeLimit'),
    );

/** The options of `run` as commander hands them over: those that have an old name under either. */
export interface GivenRunOptions extends Omit<RunOptions, 'commands' | 'depth'> {
  readonly watch: boolean;
  readonly config?: string | false;
  readonly maxCommands: number;
  readonly maxCrashes: number;
  readonly timeLimit?: number;
  readonly commands?: number;
  readonly depth?: number;
}

/** The same without old names. */
export const runOptions = ({
  maxCommands,
  maxCrashes,
  timeLimit,
  ...given
}: Omit<GivenRunOptions, 'watch' | 'config'>): RunOptions => {
  const time = given.time ?? timeLimit;
  return {
    ...given,
    commands: given.commands ?? maxCommands,
    depth: given.depth ?? maxCrashes,
    ...(time === undefined ? {} : { time }),
  };
};
