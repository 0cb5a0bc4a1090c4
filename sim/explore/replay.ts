/** Replay: plays the run that a token carries once more, and shows it step by step. */
import { diskModel } from '../disk/models.js';
import { codedError } from '../errors.js';
import { RESULT_SCHEMA_VERSION, type ReplayResult, type TraceEntry } from '../result.js';
import type { Suite } from '../suite.js';
import { placeOf } from '../trace/call-site.js';
import { describeStep, type Step } from '../trace/step.js';
import { installGuard } from '../uncontrolled/guard.js';
import { drive } from './drive.js';
import type { LifeRecord } from './live.js';
import { tellStory } from './story.js';
import { playTape } from './tape.js';
import { decodeToken } from './token.js';

export interface ReplayOptions {
  /** Show steps up to and including this one, counted over all lives. */
  readonly until?: number;
}

const CLIENT = new Set(['send', 'acknowledge', 'reject', 'observe']);

const actorOf = ({ operation }: Step): string => {
  if (CLIENT.has(operation)) return 'client';
  return operation === 'outside' ? 'outside' : 'program';
};

const siteOf = (step: Step): TraceEntry['site'] => {
  const place = placeOf(step.site);
  return place === undefined ? undefined : { ...place, operation: step.operation };
};

const traceOf = (lives: readonly LifeRecord[], crashes: readonly { readonly at: number }[]): TraceEntry[] =>
  lives.flatMap((life, number) => {
    const end = crashes[number]?.at ?? Number.POSITIVE_INFINITY;
    return life.world.steps
      .filter((step) => step.entriesStart < end)
      .map((step, index): TraceEntry => {
        const site = siteOf(step);
        return {
          life: number + 1,
          step: index + 1,
          timeMs: step.timeMs,
          actor: actorOf(step),
          operation: step.operation,
          label: describeStep(step),
          result: step.result,
          ...(site === undefined ? {} : { site }),
        };
      });
  });

/**
 * Plays a token's run on the suite it names.
 * @throws PowercutError 'TOKEN_MALFORMED', 'TOKEN_VERSION', 'TOKEN_SUITE_UNKNOWN' (no suite of that name is among
 *   `suites`), 'CRASH_IMPOSSIBLE' (the program has changed so much that the run can't be played)
 */
export const replay = async (
  token: string,
  suites: readonly Suite[],
  options: ReplayOptions = {},
): Promise<ReplayResult> => {
  const content = decodeToken(token);
  const suite = suites.find(({ name }) => name === content.suite);
  if (suite === undefined) {
    throw codedError(
      'TOKEN_SUITE_UNKNOWN',
      `The token is of suite '${content.suite}', which is not among those given. Name the file that defines it after the token.`,
    );
  }
  const model = diskModel(content.disk, suite.sectorBytes);
  const played = await drive(playTape(suite, model, content.tape, true), installGuard());
  const trace = traceOf(played.lives, content.tape.crashes);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    suite: suite.name,
    token: token.trim(),
    digest: played.digest,
    same: played.digest === content.digest,
    story: tellStory(suite, model, content.tape, played.lives),
    violated: (played.lives.at(-1)?.broken ?? []).map(({ invariant, message }) => ({ invariant, message })),
    trace: options.until === undefined ? trace : trace.slice(0, options.until),
  };
};
