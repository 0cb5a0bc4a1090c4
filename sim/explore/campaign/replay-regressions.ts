/**
 * Regressions: failures of earlier runs, replayed on the suite as it is now. A failure that persists is reported beside the
 * exploration's findings and is no part of them: counts and digests are those of the exploration alone.
 */
import { checkedSuite } from '../../define-suite/define-suite.js';
import { localeOf } from '../../guard/patches/locale.js';
import { decodeToken } from '../../replay/token.js';
import type { ReplayResult, SuiteResult, Violation } from '../../result/result.js';
import { playTape } from '../../run/tape.js';
import type { Suite } from '../../suite/suite.js';
import { derivedSuite } from '../../suite/suite-registry.js';
import { thrownText } from '../../util/errors.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds } from '../options.js';
import { verdictOf } from './decide-verdict.js';
import { tell } from './explore-suite.js';
import { runsOf } from './show-runs.js';

/** What an earlier run found: a run, and the invariant it broke. */
export interface Failure {
  readonly token: string;
  readonly invariant: string;
}

export type Replayed =
  | { readonly kind: 'fails'; readonly violation: Violation; readonly run?: ReplayResult }
  | { readonly kind: 'passes' }
  /** The suite or its program is another one than it was, too much so for the run to make any sense. */
  | { readonly kind: 'unplayable'; readonly why: string };

/** Not counted: the exploration may never have met it. */
const SEEN_BY_NO_EXPLORATION = 0;

/**
 * Plays a failure again, under the disk model of `options`. Whatever is thrown meanwhile may be owed to commands that
 * the suite of today does not know: it is an answer, and where the suite itself is at fault its exploration says so.
 */
export const playAgain = async (
  suite: Suite,
  options: ExplorationBounds,
  { token, invariant }: Failure,
): Promise<Replayed> => {
  try {
    const { tape, locale, overrides = {} } = decodeToken(token);
    // It failed under these limits, whatever the options say now.
    const limits = { ...options.limits, ...overrides.limits };
    const clock = { ...options.clock, ...overrides.clock };
    const then = derivedSuite(checkedSuite(suite), { locale: localeOf(locale) });
    const explorer = new Explorer(then, { ...options, limits, clock });
    const { lives } = await explorer.drive(playTape(explorer.suite, explorer.model, tape));
    const broken = lives.at(-1)?.broken.find((one) => one.invariant === invariant);
    if (broken === undefined) return { kind: 'passes' };
    const finding = { broken, tape, volatile: 0 };
    const told = await tell(explorer, finding, SEEN_BY_NO_EXPLORATION);
    const [run] = await runsOf(explorer, [told]);
    return { kind: 'fails', violation: told.violation, ...(run === undefined ? {} : { run }) };
  } catch (thrown) {
    return { kind: 'unplayable', why: thrown instanceof Error ? thrown.message : thrownText(thrown) };
  }
};

/** A failure of an earlier run that the suite still has. */
export type StillFailing = Omit<Extract<Replayed, { readonly kind: 'fails' }>, 'kind'>;

const size = ({ violation: { commands, crashes } }: StillFailing): number => commands + crashes;

/** Adds failures that persist to a suite's result: for each invariant without a finding, the smallest run. */
export const withRegressions = (result: SuiteResult, failing: readonly StillFailing[]): SuiteResult => {
  const violations = [...result.violations];
  const runs = [...(result.runs ?? [])];
  for (const { violation, run } of [...failing].sort((a, b) => size(a) - size(b))) {
    if (violations.some(({ invariant }) => invariant === violation.invariant)) continue;
    violations.push(violation);
    if (run !== undefined && !runs.some(({ token }) => token === run.token)) runs.push(run);
  }
  if (violations.length === result.violations.length) return result;
  const { undecided = [], ...rest } = result;
  const { expected, notes } = result;
  const shown = runs.length === 0 ? {} : { runs };
  return {
    ...rest,
    violations,
    ...shown,
    ...verdictOf({ expected, isViolated: true, reasons: undecided, notes }),
  };
};
