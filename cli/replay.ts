/** `powercut replay`: runs one recorded failure again, step by step, in this very process. */
import { resolve } from 'node:path';
import { renderTimeline } from '../reports/html/timeline.js';
import { renderReplay } from '../reports/terminal/replay.js';
import { renderTraceEvents } from '../reports/trace-event.js';
import type { ReplayResult } from '../sim/result.js';
import type { Context, Engine, ExitCode } from './context.js';
import { prepareOutputs } from './outputs.js';
import { findSuites } from './suites.js';
import { appearanceOn } from './terminal.js';
import { codeOf, messageOf, UsageError } from './usage-error.js';

export interface ReplayOptions {
  readonly until?: number;
  readonly html?: string;
  readonly json?: string;
  readonly trace?: string;
}

const TOKEN_CODES: readonly (string | undefined)[] = [
  'TOKEN_MALFORMED',
  'TOKEN_VERSION',
  'TOKEN_SUITE_UNKNOWN',
  'CRASH_IMPOSSIBLE',
];

const replayed = async (
  token: string,
  names: readonly string[],
  options: ReplayOptions,
  context: Context,
  engine: Engine,
): Promise<ReplayResult> => {
  const named = await findSuites(names, engine.loadShippedSuites, context.directory);
  const suites = named.map(({ suite }) => suite);
  const until = options.until === undefined ? {} : { until: options.until };
  try {
    return await engine.replay(token, suites, until);
  } catch (thrown) {
    const code = codeOf(thrown);
    throw TOKEN_CODES.includes(code) ? new UsageError(code ?? '', messageOf(thrown)) : thrown;
  }
};

/**
 * Exit code 1 when the run still violates an invariant, 0 when it no longer does: as `git bisect run` takes it.
 *
 * @throws UsageError TOKEN_MALFORMED, TOKEN_VERSION, TOKEN_SUITE_UNKNOWN, CRASH_IMPOSSIBLE; as documented at findSuites, prepareOutputs.
 */
export const replayCommand = async (
  token: string,
  names: readonly string[],
  options: ReplayOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stdout, variables } = context;
  const files = new Map<string, (result: ReplayResult) => string>();
  if (options.json !== undefined) {
    files.set(resolve(directory, options.json), (result) => `${JSON.stringify(result, undefined, 1)}\n`);
  }
  if (options.html !== undefined) files.set(resolve(directory, options.html), renderTimeline);
  if (options.trace !== undefined) files.set(resolve(directory, options.trace), renderTraceEvents);
  const engine = await context.loadEngine();
  const outputs = await prepareOutputs([...files.keys()]);
  try {
    const result = await replayed(token, names, options, context, engine);
    await outputs.write(new Map([...files].map(([path, render]) => [path, render(result)])));
    stdout.write(renderReplay(result, appearanceOn(stdout, variables)));
    return result.violated.length > 0 ? 1 : 0;
  } catch (error) {
    await outputs.discard();
    throw error;
  }
};
