/** The command line: its commands, options and help. Thin: each command is a file of its own. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { harmless, harmlessLine } from '../reports/format.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import { DEFAULT_LIMITS } from '../sim/suite/limits.js';
import { listCommand } from './commands/list.js';
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
import type { Context, ExitCode } from './context.js';
import { columnsOf } from './output/terminal.js';
import { messageOf } from './usage-error.js';
import { SILENT_MS_MAX } from './workers/worker-process.js';

/** The usage or the configuration is at fault. */
export const EXIT_USAGE = 2;

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
    .description('cut the power at every step of these suites (default: the shipped six) and report')
    .argument('[suites...]', 'suite files (.ts, .js, .mjs), or names of shipped suites')
    .addOption(
      new Option('--seed <n>', 'where every random draw starts')
        .argParser(wholeNumber(0, SEED_MAX))
        .default(DEFAULT_OPTIONS.seed),
    )
    .addOption(
      new Option('--runs <n>', 'random runs for each suite')
        .argParser(wholeNumber(0))
        .default(DEFAULT_OPTIONS.runs),
    )
    .addOption(
      new Option('--workloads <n>', 'workloads explored exhaustively for each suite')
        .argParser(wholeNumber(0))
        .default(DEFAULT_OPTIONS.workloads),
    )
    .addOption(
      new Option('--commands <n>', 'longest workload explored exhaustively')
        .argParser(wholeNumber(1, 10_000))
        .default(DEFAULT_OPTIONS.commands),
    )
    .addOption(
      new Option('--depth <n>', 'power cuts in a row, in exhaustive exploration')
        .argParser(wholeNumber(0, 100))
        .default(DEFAULT_OPTIONS.depth),
    )
    .addOption(
      new Option(
        '--strategy <name>',
        'who orders concurrent calls and timers: random, pct[:depth], mixed (of both), or dfs[:preemptions], which tries every order',
      )
        .argParser(strategy)
        .default(DEFAULT_OPTIONS.strategy, DEFAULT_OPTIONS.strategy.kind),
    )
    .addOption(
      limit('--calls-per-life <n>', 'calls a life may make before it counts as endless', 1, 'callsPerLife'),
    )
    .addOption(
      new Option(
        '--patience <time>',
        'simulated time a life may wait for one thing (default: 10m)',
      ).argParser(duration),
    )
    .addOption(limit('--lives <n>', 'lives explored for each workload', 1, 'livesPerWorkload'))
    .addOption(
      limit('--images <n>', 'images checked at each crash point; more are sampled', 1, 'imagesPerCrashPoint'),
    )
    .addOption(limit('--schedules <n>', 'schedules dfs tries for each workload', 1, 'schedulesPerWorkload'))
    .addOption(
      limit('--commands-after-crash <n>', 'new commands sent after each power cut', 0, 'commandsAfterCrash'),
    )
    .addOption(
      new Option(
        '--clock-gap <time>',
        'time between lives for each thing known outside (default: 1h)',
      ).argParser(durationFromZero),
    )
    .option('--no-clock-jumps', 'never set the clock in random runs')
    .addOption(new Option('--disk <model>', "disk model, instead of each suite's own").argParser(diskModel))
    .addOption(
      new Option('--workers <n>', 'worker processes (default: one for each core)').argParser(
        wholeNumber(1, 1024),
      ),
    )
    .addOption(new Option('--shard <i/n>', 'explore only every nth suite, from the ith on').argParser(shard))
    .addOption(new Option('--time <time>', 'stop after this long: 90s, 5m').argParser(duration))
    .addOption(
      new Option(
        '--stall-timeout <time>',
        'end a worker whose suite blocks its thread, or loads, for this long',
      )
        .argParser(duration)
        .default(SILENT_MS_MAX, '60s'),
    )
    .option('--json <file>', 'write the result here, too')
    .option('--report <dir>', 'write the report here', DEFAULT_REPORT_DIRECTORY)
    .option('--bail', 'stop at the first violation', false)
    .option('--strict', 'exit with 3 if any bound stopped the exploration of a suite', false)
    .option('--verbose', 'print every story in full, and what was tried in each suite', false)
    .option('--no-corpus', 'neither run first what failed in earlier runs nor keep what fails in this one');

const EXIT_CODES_HELP = `
Ctrl-C stops run at once and reports what was found by then; a second one ends it without.
Exit codes: 0 every verdict is as its suite expects, 1 a property is violated, 2 wrong usage or configuration,
3 undecided: some suite has no verdict, for the reason given.`;

/** Commands set `exitCode`; commander's own output goes through the context. */
const buildProgram = (context: Context, end: (exitCode: ExitCode) => void): Command => {
  const program = new Command('powercut')
    .description('Pulls the plug on an event-sourced program at every step, deterministically.')
    .version(versionOfPackage())
    .addHelpText('after', EXIT_CODES_HELP);
  const run = runProgram().action(async (names: string[], options: RunOptions) => {
    end(await runCommand(names, options, context));
  });
  const replay = new Command('replay')
    .description('run one recorded failure again, step by step')
    .argument('<token>', 'the token that a report gives for a failure')
    .argument('[suites...]', 'the suite file it is from, unless it is a shipped suite')
    .addOption(new Option('--until <step>', 'stop after this step').argParser(wholeNumber(1)))
    .option('--html <file>', 'write the timeline of the run, as a page')
    .option('--json <file>', 'write the run, as data')
    .option('--trace <file>', 'write the run as Chrome trace events, for Perfetto')
    .action(async (token: string, names: string[], options: ReplayOptions) => {
      end(await replayCommand(token, names, options, context));
    });
  const report = new Command('report')
    .description('make the report of results; the shards of one campaign are merged')
    .argument(
      '[results...]',
      `files written by run --json (default: ${DEFAULT_REPORT_DIRECTORY}/result.json)`,
    )
    .option(
      '--sabotage <file>',
      'show how many planted faults the invariants noticed, as npm run sabotage counted',
    )
    .option('--out <dir>', 'write the report here', DEFAULT_REPORT_DIRECTORY)
    .option('--verbose', 'print every story in full, and what was tried in each suite', false)
    .action(async (names: string[], options: ReportOptions) => {
      end(await reportCommand(names, options, context));
    });
  const list = new Command('list')
    .description('list the shipped suites, or those in the files given')
    .argument('[suites...]', 'suite files')
    .action(async (names: string[]) => {
      end(await listCommand(names, context));
    });
  for (const command of [run, replay, report, list]) program.addCommand(command);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      getOutHelpWidth: () => columnsOf(context.stdout, context.variables),
      // Commander's errors are thrown as well, and told once, by runCli.
      writeErr: () => undefined,
    });
  }
  return program;
};

/** 'error: unknown option' as a sentence like all others. */
const usageLine = (message: string): string => message.split('\n', 1)[0]?.replace(/^error: /, '') ?? '';

/**
 * Runs one command line, without the program's own name. Resolves with the exit code; never rejects.
 * What is wrong with the call is told in one line on stderr; POWERCUT_DEBUG=1 adds the stack.
 */
export const runCli = async (words: readonly string[], context: Context): Promise<ExitCode> => {
  let exitCode: ExitCode = 0;
  const program = buildProgram(context, (code) => {
    exitCode = code;
  });
  try {
    if (words.length === 0) {
      context.stdout.write(program.helpInformation() + EXIT_CODES_HELP.concat('\n'));
      return 0;
    }
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      // Help and version come this way, too, with exit code 0.
      if (thrown.exitCode === 0) return 0;
      context.stderr.write(`powercut: ${harmlessLine(usageLine(thrown.message))}\n`);
      return EXIT_USAGE;
    }
    context.stderr.write(`powercut: ${harmlessLine(messageOf(thrown))}\n`);
    if (context.variables.POWERCUT_DEBUG === '1' && thrown instanceof Error)
      context.stderr.write(`${harmless(String(thrown.stack))}\n`);
    return EXIT_USAGE;
  }
};
