/** The command line: its commands, options and help. Each command is a file of its own, loaded when it is called. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { harmlessLine } from '../reports/format.js';
import { campaignProgram, workerProgram } from './commands/campaign/program.js';
import type { ListOptions } from './commands/list.js';
import { wholeNumber } from './commands/option-parsers.js';
import type { ReplayOptions } from './commands/replay.js';
import type { ReportOptions } from './commands/report.js';
import { type GivenRunOptions, runOptions, runProgram } from './commands/run-options.js';
import type { ShowReportOptions } from './commands/show-report.js';
import { takeConfig } from './config/take-config.js';
import type { Context, ExitCode } from './context.js';
import { HISTORY_DIRECTORY, REPORT_DIRECTORY, TREND_FILE } from './defaults.js';
import type { HistoryOptions } from './history/history-command.js';
import { tellError } from './output/tell-error.js';
import { helpColumnsOf } from './output/terminal.js';
import { EXIT_USAGE } from './usage-error.js';

const versionOfPackage = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('powercut/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
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
  const run = runProgram();
  const suitesToRun = takeConfig(run, context.directory);
  run.action(async (names: string[], { watch, config: _, ...options }: GivenRunOptions) => {
    const command = watch
      ? (await import('./commands/watch.js')).watchCommand
      : (await import('./commands/run.js')).runCommand;
    end(await command(suitesToRun(names), runOptions(options), context));
  });
  const replay = new Command('replay')
    .description('replay a recorded failure, step by step')
    .argument('<token>', 'token of the failure, from a report')
    .argument(
      '[suites...]',
      'file of its suite (default: the suites of the config file, and the shipped ones)',
    )
    .addOption(new Option('--until <step>', 'stop after this step').argParser(wholeNumber(1)))
    .option('--html <file>', 'write the timeline of the run as an HTML page')
    .option('--json <file>', 'write the run as JSON')
    .option('--trace <file>', 'write the run as Chrome trace events, for Perfetto')
    .option(
      '--export <dir>',
      'write the disk as the last crash left it to this directory, which must be empty',
    )
    .addOption(
      new Option(
        '--export-life <n>',
        'export the disk that this life starts with (default: the last life)',
      ).argParser(wholeNumber(1)),
    );
  const suitesToReplay = takeConfig(replay, context.directory, 'suites');
  replay.action(async (token: string, names: string[], options: ReplayOptions) => {
    const asked = { names: suitesToReplay(names), addsShipped: names.length === 0 };
    const { replayCommand } = await import('./commands/replay.js');
    end(await replayCommand(token, asked, options, context));
  });
  const report = new Command('report')
    .description('write the report of saved results; merge the shards of a campaign')
    .argument('[results...]', `files written by run --json (default: ${REPORT_DIRECTORY}/result.json)`)
    .option('--sabotage <file>', 'show the mutation score from this file (npm run sabotage writes it)')
    .option('--out <dir>', 'write the report to this directory', REPORT_DIRECTORY)
    .option('--verbose', 'print every story in full, and the coverage of each suite', false)
    .action(async (names: string[], options: ReportOptions) => {
      const { reportCommand } = await import('./commands/report.js');
      end(await reportCommand(names, options, context));
    });
  const showReport = new Command('show-report')
    .description('print the path of the report, and open it in the browser')
    .argument('[dir]', 'directory of the report', REPORT_DIRECTORY)
    .option('--no-open', 'print the path only (default in CI and in a pipe)')
    .action(async (directory: string, options: ShowReportOptions) => {
      const { showReportCommand } = await import('./commands/show-report.js');
      end(await showReportCommand(directory, options, context));
    });
  const list = new Command('list')
    .description('list the shipped suites, or the suites in these files')
    .argument('[suites...]', 'suite files, globs, or directories with *.suite.* files')
    .option('--grep <text>', 'only suites with this text in their names');
  const suitesToList = takeConfig(list, context.directory);
  list.action(async (names: string[], options: ListOptions) => {
    const { listCommand } = await import('./commands/list.js');
    end(await listCommand(suitesToList(names), options, context));
  });
  const history = new Command('history')
    .description('list what campaigns with run --history have found over time')
    .argument('[dir]', 'directory of the history', HISTORY_DIRECTORY)
    .option('--json', 'print it as JSON', false)
    .option('--report <dir>', `also write it as a page, ${TREND_FILE} in this directory`)
    .option(
      '--github-issues',
      'open, update, close and reopen an issue for each finding (GITHUB_TOKEN, GITHUB_REPOSITORY)',
      false,
    )
    .action(async (directory: string, options: HistoryOptions) => {
      const { historyCommand } = await import('./history/history-command.js');
      end(await historyCommand(directory, options, context));
    });
  const init = new Command('init')
    .description('write a first suite, its test, a CI workflow and .gitignore; existing files stay')
    .argument('[dir]', 'directory of the project', '.')
    .action(async (directory: string) => {
      const { initCommand } = await import('./commands/init.js');
      end(await initCommand(directory, context));
    });
  const campaign = campaignProgram(context, end);
  const worker = workerProgram(context, end);
  for (const command of [init, run, replay, report, showReport, history, list, campaign, worker])
    program.addCommand(command);
  run.addHelpText('after', RUN_HELP);
  for (const command of [replay, report]) command.addHelpText('after', EXIT_CODES_HELP);
  for (const command of [program, ...program.commands, ...campaign.commands]) {
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
