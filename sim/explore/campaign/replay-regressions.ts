/** Regressions: failures of earlier runs, replayed on the suite as it is now. */
import { checkedSuite } from '../../define-suite/define-suite.js';
import { localeOf } from '../../guard/patches/locale.js';
import { decodeToken } from '../../replay/token.js';
import type { ReplayResult, Violation } from '../../result/result.js';
import { playTape } from '../../run/tape.js';
import type { Suite } from '../../suite/suite.js';
import { derivedSuite } from '../../suite/suite-registry.js';
import { thrownText } from '../../util/errors.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds } from '../options.js';
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
