/** `powercut campaign` and `powercut worker`: their options and help. */
import { Command, Option } from 'commander';
import { takeConfig } from '../../config/take-config.js';
import type { Context, ExitCode } from '../../context.js';
import {
  DEATHS_MAX,
  HISTORY_DIRECTORY,
  IN_FLIGHT,
  LOCK_MS,
  REPORTERS,
  SILENT_MS_MAX,
} from '../../defaults.js';
import { duration, shard, wholeNumber } from '../option-parsers.js';
import { type GivenRunOptions, runOptions, runProgram } from '../run-options.js';
import type { WorkerOptions } from '../worker.js';
import type { QueueOption } from './place.js';
import type { ResultOptions } from './result.js';
import type { StartOptions } from './start.js';
import type { StatusOptions } from './status.js';

/** Other users of the machine can read the words of a command line, and so a password in them. */
const QUEUE_VARIABLE = 'POWERCUT_QUEUE';

type End = (exitCode: ExitCode) => void;

const queueOption = (): Option =>
  new Option(
    '--queue <url>',
    'Redis of the campaign: redis:// or rediss:// (default: no Redis; this machine, with files below .powercut/campaigns)',
  ).env(QUEUE_VARIABLE);

/** Of `run`, those that say nothing of a campaign, or something else. */
const NOT_OF_CAMPAIGNS = ['watch', 'shard'];

const startProgram = (context: Context, end: End): Command => {
  const start = new Command('start')
    .description('explore suites part by part; started again, go on with what is left')
    .argument(
      '[suites...]',
      'suite files, globs, directories, or names of shipped suites, as of powercut run',
    )
    .addOption(queueOption())
    .option('--name <name>', 'name of the campaign (default: made from suites, options and code)')
    .addOption(
      new Option('--in-flight <n>', 'parts in the queue at once: at least two for each place of a worker')
        .argParser(wholeNumber(1, 100_000))
        .default(IN_FLIGHT),
    )
    .addOption(
      new Option('--max-stalls <n>', 'park a part on which this many workers went silent')
        .argParser(wholeNumber(1, 1000))
        .default(DEATHS_MAX),
    );
  start.addOption(
    new Option(
      '--shard <i/n>',
      'explore the ith of n shares of the parts, for machines that share nothing',
    ).argParser(shard),
  );
  for (const option of runProgram().options)
    if (!NOT_OF_CAMPAIGNS.includes(option.attributeName())) start.addOption(option);
  const suites = takeConfig(start, context.directory);
  start.action(async (names: string[], options: GivenRunOptions & StartOptions) => {
    const { watch: _1, config: _2, queue, name, inFlight, maxStalls, ...given } = options;
    const own = {
      inFlight,
      maxStalls,
      ...(queue === undefined ? {} : { queue }),
      ...(name === undefined ? {} : { name }),
    };
    const { startCommand } = await import('./start.js');
    end(await startCommand(suites(names), { ...runOptions(given), ...own }, context));
  });
  return start;
};

/** `powercut campaign` with its subcommands. */
export const campaignProgram = (context: Context, end: End): Command => {
  const status = new Command('status')
    .description('print how far campaigns are, and which workers there are')
    .argument('[name]', 'name of the campaign (default: all)')
    .addOption(queueOption())
    .option('--json', 'print JSON', false)
    .action(async (name: string | undefined, options: StatusOptions) => {
      const { statusCommand } = await import('./status.js');
      end(await statusCommand(name, options, context));
    });
  const stop = new Command('stop')
    .description('end a campaign and keep its findings')
    .argument('[name]', 'name of the campaign (default: the only one)')
    .addOption(queueOption())
    .action(async (name: string | undefined, options: QueueOption) => {
      const { stopCommand } = await import('./stop.js');
      end(await stopCommand(name, options, context));
    });
  const result = new Command('result')
    .description('print what a campaign found, so far or in the end')
    .argument('[name]', 'name of the campaign (default: the only one)')
    .addOption(queueOption())
    .option('--report <dir>', 'write the report to this directory')
    .option('--json <file>', 'write the result to this file')
    .addOption(
      new Option('--reporter <name>', 'print this, as of powercut run').choices(REPORTERS).default('default'),
    )
    .option('--verbose', 'print every story in full, and the coverage of each suite', false)
    .addOption(
      new Option(
        '--history [dir]',
        `show in the report how findings went over time, from this directory (without one: ${HISTORY_DIRECTORY})`,
      ).preset(HISTORY_DIRECTORY),
    )
    .action(async (name: string | undefined, options: ResultOptions) => {
      const { resultCommand } = await import('./result.js');
      end(await resultCommand(name, options, context));
    });
  const campaign = new Command('campaign').description(
    'explore suites on many machines, or on this one with a memory of what is done',
  );
  for (const command of [startProgram(context, end), status, stop, result]) campaign.addCommand(command);
  return campaign;
};

/** `powercut worker`. */
export const workerProgram = (context: Context, end: End): Command =>
  new Command('worker')
    .description('explore parts of the campaigns on a queue, with the suites of this directory')
    .addOption(
      new Option('--queue <url>', 'Redis of the campaigns: redis:// or rediss://')
        .env(QUEUE_VARIABLE)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--concurrency <n>', 'parts explored at once (default: one per core)').argParser(
        wholeNumber(1, 1024),
      ),
    )
    .addOption(
      new Option('--lock <time>', 'give a part to another worker if this one is silent for so long')
        .argParser(duration)
        .default(LOCK_MS, '30s'),
    )
    .addOption(
      new Option('--stall-timeout <time>', 'kill a process whose suite blocks its thread for this time')
        .argParser(duration)
        .default(SILENT_MS_MAX, '60s'),
    )
    .action(async (options: WorkerOptions) => {
      const { workerCommand } = await import('../worker.js');
      end(await workerCommand(options, context));
    });
