/** `powercut replay`: runs one recorded failure again, step by step. */
import { resolve } from 'node:path';
import { printableJson } from '../../reports/format.js';
import { renderTraceEvents } from '../../reports/formats/trace-event.js';
import { renderTimeline } from '../../reports/html/timeline/timeline.js';
import { renderReplay } from '../../reports/terminal/replay.js';
import type { ReplayResult } from '../../sim/result/result.js';
import type { Context, ExitCode } from '../context.js';
import { type FindOptions, findAllSuites, findSuites, type NamedSuite } from '../loading/find-suites.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { checkExportDirectory, exportDisk } from '../output/export-disk.js';
import { appearanceOn } from '../output/terminal.js';
import { UsageError } from '../usage-error.js';

export interface ReplayOptions {
  readonly until?: number;
  readonly html?: string;
  readonly json?: string;
  readonly trace?: string;
  /** Directory for the disk of the run. */
  readonly export?: string;
  /** The life that starts with that disk, from 1; absent: the one after the last crash. */
  readonly exportLife?: number;
}

/** Where the suite of a token may be. */
export interface SuitesToReplay {
  readonly names: readonly string[];
  /** Whether it may also be a shipped one. */
  readonly addsShipped: boolean;
}

/** As findSuites, with the shipped suites behind those that are named. @throws UsageError as findAllSuites */
const suitesFor = async (
  { names, addsShipped }: SuitesToReplay,
  options: FindOptions,
): Promise<readonly NamedSuite[]> => {
  const named = await findAllSuites(names, options);
  if (!addsShipped || names.length === 0) return named;
  const taken = new Set(named.map(({ suite }) => suite.name));
  const shipped = await findSuites([], options);
  return [...named, ...shipped.filter(({ suite }) => !taken.has(suite.name))];
};

/**
 * Exit code 1 when the run still violates an invariant, 0 when it no longer does: as `git bisect run` takes it.
 *
 * @throws UsageError TOKEN_MALFORMED, TOKEN_VERSION, TOKEN_SUITE_UNKNOWN, CRASH_IMPOSSIBLE, SUITE_STUCK, WORKER_DIED, USAGE; as documented at findAllSuites, prepareOutputs, exportDisk.
 */
export const replayCommand = async (
  token: string,
  asked: SuitesToReplay,
  options: ReplayOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stdout, variables, describeFile } = context;
  if (options.exportLife !== undefined && options.export === undefined)
    throw new UsageError('USAGE', '--export-life needs --export, the directory to write the disk to.');
  const files = new Map<string, (result: ReplayResult) => string>();
  if (options.json !== undefined) {
    files.set(resolve(directory, options.json), (result) => `${printableJson(result, 1)}\n`);
  }
  if (options.html !== undefined) files.set(resolve(directory, options.html), renderTimeline);
  if (options.trace !== undefined) files.set(resolve(directory, options.trace), renderTraceEvents);
  const engine = await context.loadEngine();
  if (options.export !== undefined) await checkExportDirectory(resolve(directory, options.export));
  const outputs = await prepareOutputs([...files.keys()]);
  try {
    const suites = await suitesFor(asked, {
      loadShipped: engine.loadShippedSuites,
      describeFile,
      directory,
    });
    const references = suites.map(({ reference }) => reference);
    const wanted = {
      ...(options.until === undefined ? {} : { until: options.until }),
      ...(options.export === undefined ? {} : { disk: options.exportLife ?? ('last' as const) }),
    };
    const { result: played, disk } = await context.playToken({ token, references, options: wanted });
    const named = suites.find(({ suite }) => suite.name === played.suite)?.reference;
    const result: ReplayResult = named?.kind === 'file' ? { ...played, file: named.argument } : played;
    const exported =
      options.export === undefined || disk === undefined
        ? ''
        : await exportDisk(disk, options.export, directory);
    await outputs.write(new Map([...files].map(([path, render]) => [path, render(result)])));
    stdout.write(renderReplay(result, appearanceOn(stdout, variables)));
    if (exported !== '') stdout.write(`${exported}\n`);
    return result.violated.length > 0 ? 1 : 0;
  } catch (error) {
    await outputs.discard();
    throw error;
  }
};
