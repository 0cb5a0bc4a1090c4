/** The command line: its commands, options and help. Thin: each command is a file of its own. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { harmlessLine } from '../reports/format.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import { DEFAULT_LIMITS } from '../sim/suite/limits.js';
import { initCommand } from './commands/init.js';
import { type ListOptions, listCommand } from './commands/list.js';
import {
  diskModel,
  duration,
  durationFromZero,
  shard,
  strategy,
  wholeNumber,
} from './commands/option-parsers.js';
import type { ReplayOptions } from './commands/replay.js';
import { replayCommand } from './commands/replay.js';
import type { ReportOptions } from './commands/report.js';
import { DEFAULT_REPORT_DIRECTORY, reportCommand } from './commands/report.js';
import type { RunOptions } from './commands/run.js';
import { runCommand } from './commands/run.js';
import type { ShowReportOptions } from './commands/show-report.js';
import { showReportCommand } from './commands/show-report.js';
import { watchCommand } from './commands/watch.js';
import type { Context, ExitCode } from './context.js';
import { tellError } from './output/tell-error.js';
import { helpColumnsOf } from './output/terminal.js';
import { EXIT_USAGE } from './usage-error.js';
import { SILENT_MS_MAX } from './workers/worker-process.js';

const SEED_MAX = 0xffff_ffff;

const versionOfPackage = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('powercut/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
};

/** A limit that a suite may state, too: without the option, the suite's own holds. */
const limit = (flags: string, text: string, minimum: number, name: keyof typeof DEFAULT_LIMITS): Option =>
  new Option(flags, `${text} (default: the suite's, or ${DEFAULT_LIMITS[name]})`).argParser(
    wholeNumber(minimum),
  );

const runProgram = (): Command =>
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
    .option('--json <file>', 'also write the result to this file')
    .option('--report <dir>', 'write the report to this directory', DEFAULT_REPORT_DIRECTORY)
    .option('--watch', 'run again after each change of a file in this directory', false)
    .option('--bail', 'stop at the first violation', false)
    .option('--strict', 'exit with 3 if a bound stopped the exploration of a suite', false)
    .option('--verbose', 'print every story in full, and the coverage of each suite', false)
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
interface GivenRunOptions extends Omit<RunOptions, 'commands' | 'depth'> {
  readonly watch: boolean;
  readonly maxCommands: number;
  readonly maxCrashes: number;
  readonly timeLimit?: number;
  readonly commands?: number;
  readonly depth?: number;
}

const runOptions = ({
  maxCommands,
  maxCrashes,
  timeLimit,
  ...given
}: Omit<GivenRunOptions, 'watch'>): RunOptions => {
  const time = given.time ?? timeLimit;
  return {
    ...given,
    commands: given.commands ?? maxCommands,
    depth: given.depth ?? maxCrashes,
    ...(time === undefined ? {} : { time }),
  };
};

const CTRL_C_HELP = `
Ctrl-C stops the run and reports its results so far. A second Ctrl-C ends it without a report.`;
const EXIT_CODES_HELP = `
Exit codes: 0 every verdict is as its suite expects, 1 a property is violated, 2 wrong usage or configuration,
3 undecided: a suite has no verdict; the report gives the reason.`;
const RUN_HELP = CTRL_C_HELP + EXIT_CODES_HELP;

/** Commands set `exitCode`; commander's own output goes through the context. */
const buildProgram = (context: Context, end: (exitCode: ExitCode) => void): Command => {
  const program = new Command('powercut')
    .description('Pulls the plug on an event-sourced program at every step, deterministically.')
    .version(versionOfPackage())
    .addHelpText('after', RUN_HELP);
  const run = runProgram().action(async (names: string[], { watch, ...options }: GivenRunOptions) => {
    end(await (watch ? watchCommand : runCommand)(names, runOptions(options), context));
  });
  const replay = new Command('replay')
    .description('replay a recorded failure, step by step')
    .argument('<token>', 'token of the failure, from a report')
    .argument('[suites...]', 'file of its suite (not needed for shipped suites)')
    .addOption(new Option('--until <step>', 'stop after this step').argParser(wholeNumber(1)))
    .option('--html <file>', 'write the timeline of the run as an HTML page')
    .option('--json <file>', 'write the run as JSON')
    .option('--trace <file>', 'write the run as Chrome trace events, for Perfetto')
    .action(async (token: string, names: string[], options: ReplayOptions) => {
      end(await replayCommand(token, names, options, context));
    });
  const report = new Command('report')
    .description('write the report of saved results; merge the shards of a campaign')
    .argument(
      '[results...]',
      `files written by run --json (default: ${DEFAULT_REPORT_DIRECTORY}/result.json)`,
    )
    .option('--sabotage <file>', 'show the mutation score from this file (npm run sabotage writes it)')
    .option('--out <dir>', 'write the report to this directory', DEFAULT_REPORT_DIRECTORY)
    .option('--verbose', 'print every story in full, and the coverage of each suite', false)
    .action(async (names: string[], options: ReportOptions) => {
      end(await reportCommand(names, options, context));
    });
  const showReport = new Command('show-report')
    .description('print the path of the report, and open it in the browser')
    .argument('[dir]', 'directory of the report', DEFAULT_REPORT_DIRECTORY)
    .option('--no-open', 'print the path only (default in CI and in a pipe)')
    .action(async (directory: string, options: ShowReportOptions) => {
      end(await showReportCommand(directory, options, context));
    });
  const list = new Command('list')
    .description('list the shipped suites, or the suites in these files')
    .argument('[suites...]', 'suite files, globs, or directories with *.suite.* files')
    .option('--grep <text>', 'only suites with this text in their names')
    .action(async (names: string[], options: ListOptions) => {
      end(await listCommand(names, options, context));
    });
  const init = new Command('init')
    .description('write a first suite, its test, a CI workflow and .gitignore; existing files stay')
    .argument('[dir]', 'directory of the project', '.')
    .action(async (directory: string) => {
      end(await initCommand(directory, context));
    });
  for (const command of [init, run, replay, report, showReport, list]) program.addCommand(command);
  run.addHelpText('after', RUN_HELP);
  for (const command of [replay, report]) command.addHelpText('after', EXIT_CODES_HELP);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      getOutHelpWidth: () => helpColumnsOf(context.stdout, context.variables),
      // Commander's errors are thrown as well, and told once, by runCli.
      writeErr: () => undefined,
    });
  }
  return program;
};

/** 'error: unknown option' as a sentence like all others, with what may have been meant. */
const usageLine = (message: string): string =>
  message
    .replace(/^error: /, '')
    .replace(/\n\((Did you mean [^\n]*)\)/, '. $1')
    .split('\n', 1)
    .join();

/**
 * Runs one command line, without the program's own name. Resolves with the exit code; never rejects.
 * A usage error is one line on stderr; POWERCUT_DEBUG=1 adds the stack.
 */
export const runCli = async (words: readonly string[], context: Context): Promise<ExitCode> => {
  let exitCode: ExitCode = 0;
  const program = buildProgram(context, (code) => {
    exitCode = code;
  });
  try {
    if (words.length === 0) {
      context.stdout.write(program.helpInformation() + RUN_HELP.concat('\n'));
      return 0;
    }
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      // Help and version come this way, too, with exit code 0.
      if (thrown.exitCode === 0) return 0;
      context.stderr.write(`powercut: ${harmlessLine(`${usageLine(thrown.message)} (USAGE)`)}\n`);
      return EXIT_USAGE;
    }
    tellError(thrown, context);
    return EXIT_USAGE;
  }
};
