/** Replay: plays the run that a token carries once more, and shows it step by step. */
import { checkedSuite } from '../define-suite/define-suite.js';
import { type DiskModel, diskModel } from '../disk/crash-model/disk-models.js';
import { installGuard } from '../guard/guard.js';
import { localeOf } from '../guard/patches/locale.js';
import { Origins } from '../life/call-sites/origins.js';
import { drive } from '../life/drive.js';
import type { LifeRecord } from '../life/life-record.js';
import { describeStep } from '../life/step.js';
import { RESULT_SCHEMA_VERSION, type ReplayResult } from '../result/result.js';
import { playTape, type Tape, type TapeRun } from '../run/tape.js';
import { withOverrides } from '../suite/limits.js';
import type { Suite } from '../suite/suite.js';
import { derivedSuite } from '../suite/suite-registry.js';
import { codedError, SimulatorError } from '../util/errors.js';
import { gapMatters } from './clock-gaps.js';
import { type ExportedDisk, exportedDisk } from './exported-disk.js';
import { showRun } from './run-trace.js';
import { statesBetween } from './states-between.js';
import { fingerprintOf, firstDifferentStep, stepsUntil } from './step-fingerprint.js';
import { decodeToken, type TokenContent } from './token.js';

/** How much of a run a replay shows. */
export interface ReplayOptions {
  /** Show steps up to and including this one, counted over all lives. */
  readonly until?: number;
}

/** How much of a replay to show, and which disk of the run to return. */
export interface PlayOptions extends ReplayOptions {
  readonly disk?: number | 'last';
}

/** A replayed run, and the disk that the caller wanted. */
export interface Played {
  readonly result: ReplayResult;
  readonly disk?: ExportedDisk;
}

const isImpossible = (error: unknown): boolean =>
  error instanceof SimulatorError && error.code === 'CRASH_IMPOSSIBLE';

/** Up to the last crash that is still possible: in the life that it begins something is not as it was. */
const playAsFarAsPossible = async (suite: Suite, model: DiskModel, tape: Tape): Promise<TapeRun> => {
  for (let crashes = tape.crashes.length - 1; ; crashes--) {
    try {
      const shorter = { ...tape, crashes: tape.crashes.slice(0, crashes) };
      return await drive(playTape(suite, model, shorter, { sites: true }), installGuard());
    } catch (error) {
      if (crashes <= 0 || !isImpossible(error)) throw error;
    }
  }
};

/** The step that goes another way than when the token was made, counted from 1; undefined where none is known to. */
const differenceAt = ({ steps, tape }: TokenContent, lives: readonly LifeRecord[]): number | undefined =>
  steps === undefined ? undefined : firstDifferentStep(steps, fingerprintOf(lives, tape.crashes));

/** The same in a sentence; '' where none is known to. */
const differenceTold = (content: TokenContent, { lives }: TapeRun): string => {
  const { crashes } = content.tape;
  const at = differenceAt(content, lives);
  if (at === undefined) return '';
  const taken = lives.flatMap((life, number) =>
    stepsUntil(life, crashes[number]).map((step) => ({ step, entries: life.world.journal.entries })),
  );
  const now = taken[at - 1];
  if (now === undefined) return `First divergence at step ${at}: the run now ends before it.`;
  const site = now.step.site === undefined ? '' : ` (${now.step.site})`;
  return `First divergence at step ${at}, which is now: ${describeStep(now.step, now.entries)}${site}.`;
};

/** What a token's run is impossible for: the program it was made with is not the one at hand. */
const changedTooMuch = async (
  suite: Suite,
  model: DiskModel,
  content: TokenContent,
  error: Error,
): Promise<SimulatorError> => {
  const sentences = [
    "The program or its suite has changed since the token was made, so its run can't be replayed any more.",
    differenceTold(content, await playAsFarAsPossible(suite, model, content.tape)),
    error.message,
  ];
  return codedError('CRASH_IMPOSSIBLE', sentences.filter((told) => told !== '').join(' '), error);
};

/**
 * {@link replay}, with a disk of the run.
 * @throws SimulatorError as replay does, and 'EXPORT_IMPOSSIBLE' (as documented at exportedDisk)
 */
export const play = async (
  token: string,
  suites: readonly Suite[],
  options: PlayOptions = {},
): Promise<Played> => {
  const content = decodeToken(token);
  const named = suites.find(({ name }) => name === content.suite);
  if (named === undefined) {
    throw codedError(
      'TOKEN_SUITE_UNKNOWN',
      `The token is of suite '${content.suite}', which is not among those given. Name the file that defines it after the token.`,
    );
  }
  const then = derivedSuite(checkedSuite(named), { locale: localeOf(content.locale) });
  const suite = withOverrides(then, content.overrides ?? {});
  const model = diskModel(content.disk, suite.sectorBytes);
  const origins = new Origins();
  const played = await origins
    .following(() =>
      drive(playTape(suite, model, content.tape, { sites: true, prints: true, origins }), installGuard()),
    )
    .catch(async (error: unknown) => {
      throw error instanceof SimulatorError && isImpossible(error)
        ? await changedTooMuch(suite, model, content, error)
        : error;
    });
  const { lives } = played;
  const same = played.digest === content.digest;
  const differsAt = same ? undefined : differenceAt(content, lives);
  const broken = (lives.at(-1)?.broken ?? []).map(({ invariant }) => invariant);
  const needsGap = await drive(gapMatters(suite, model, content.tape, broken), installGuard());
  const states = await drive(statesBetween(suite, model, content.tape, played), installGuard());
  const result: ReplayResult = {
    schemaVersion: RESULT_SCHEMA_VERSION,
    suite: suite.name,
    token: token.trim(),
    digest: played.digest,
    same,
    ...(differsAt === undefined ? {} : { differsAt }),
    ...showRun(suite, model, content.tape, lives, { until: options.until, needsGap, states }),
  };
  return options.disk === undefined ? { result } : { result, disk: exportedDisk(lives, options.disk) };
};

/**
 * Plays a token's run on the suite it names.
 * @throws SimulatorError 'TOKEN_MALFORMED', 'TOKEN_VERSION', 'TOKEN_SUITE_UNKNOWN' (no suite of that name is among
 *   `suites`), 'CRASH_IMPOSSIBLE' (the program has changed so much that the run can't be played)
 */
export const replay = async (
  token: string,
  suites: readonly Suite[],
  options: ReplayOptions = {},
): Promise<ReplayResult> => (await play(token, suites, options)).result;
