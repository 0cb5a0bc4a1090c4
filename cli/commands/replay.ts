/** `powercut replay`: runs one recorded failure again, step by step. */
import { resolve } from 'node:path';
import { printableJson } from '../../reports/format.js';
import { renderTraceEvents } from '../../reports/formats/trace-event.js';
import { renderTimeline } from '../../reports/html/timeline/timeline.js';
import { renderReplay } from '../../reports/terminal/replay.js';
import type { ReplayResult } from '../../sim/result/result.js';
import type { Context, ExitCode } from '../context.js';
import { findAllSuites } from '../loading/load-suites.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { appearanceOn } from '../output/terminal.js';

export interface ReplayOptions {
  readonly until?: number;
  readonly html?: string;
  readonly json?: string;
  readonly trace?: string;
}

/**
 * Exit code 1 when the run still violates an invariant, 0 when it no longer does: as `git bisect run` takes it.
 *
 * @throws UsageError TOKEN_MALFORMED, TOKEN_VERSION, TOKEN_SUITE_UNKNOWN, CRASH_IMPOSSIBLE, SUITE_STUCK, WORKER_DIED; as documented at findAllSuites, prepareOutputs.
 */
export const replayCommand = async (
  token: string,
  names: readonly string[],
  options: ReplayOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stdout, variables, describeFile } = context;
  const files = new Map<string, (result: ReplayResult) => string>();
  if (options.json !== undefined) {
    files.set(resolve(directory, options.json), (result) => `${printableJson(result, 1)}\n`);
  }
  if (options.html !== undefined) files.set(resolve(directory, options.html), renderTimeline);
  if (options.trace !== undefined) files.set(resolve(directory, options.trace), renderTraceEvents);
  const engine = await context.loadEngine();
  const outputs = await prepareOutputs([...files.keys()]);
  try {
    const suites = await findAllSuites(names, {
      loadShipped: engine.loadShippedSuites,
      describeFile,
      directory,
    });
    const references = suites.map(({ reference }) => reference);
    const until = options.until === undefined ? {} : { until: options.until };
    const played = await context.playToken({ token, references, options: until });
    const named = suites.find(({ suite }) => suite.name === played.suite)?.reference;
    const result: ReplayResult = named?.kind === 'file' ? { ...played, file: named.argument } : played;
    await outputs.write(new Map([...files].map(([path, render]) => [path, render(result)])));
    stdout.write(renderReplay(result, appearanceOn(stdout, variables)));
    return result.violated.length > 0 ? 1 : 0;
  } catch (error) {
    await outputs.discard();
    throw error;
  }
};
