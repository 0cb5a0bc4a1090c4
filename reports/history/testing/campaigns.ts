/** Campaigns of one suite, as tests of the history need them. */
import type { CampaignResult, SuiteResult, Violation } from '../../../sim/result/result.js';
import { sixDesigns } from '../../fixtures/results.js';
import type { Explored, Replay } from '../update-history.js';

export const SUITE = 'notes';

const designs = sixDesigns();
const [first] = designs.suites;
if (first === undefined) throw new Error('There is no design.');
const design: SuiteResult = first;

/** An identity of one repeated digit. */
export const identityOf = (digit: string): string => digit.repeat(16);

export const violation = (digit: string, given: Partial<Violation> = {}): Violation => ({
  invariant: 'durability',
  statement: 'Every acknowledged note is there.',
  message: 'One is not.',
  story: '',
  token: `token-${digit}`,
  digest: digit,
  identity: identityOf(digit),
  commands: 2,
  crashes: 1,
  seen: 3,
  ...given,
});

export interface Given {
  readonly violations?: readonly Violation[];
  readonly replays?: readonly Replay[];
  readonly workloads?: number;
  readonly runs?: number;
  readonly depth?: number;
  readonly suite?: Partial<SuiteResult>;
  readonly commit?: string;
  readonly seed?: number;
}

const suiteOf = ({ violations = [], workloads = 8, runs = 200, depth = 20, suite }: Given): SuiteResult => ({
  ...design,
  name: SUITE,
  expected: 'safe',
  verdict: violations.length > 0 ? 'violated' : 'holds',
  asExpected: violations.length === 0,
  violations,
  exploration: { ...design.exploration, workloads, runs, depth },
  ...suite,
});

export const resultOf = (given: Given): CampaignResult => ({
  ...designs,
  seed: given.seed ?? 1,
  suites: [suiteOf(given)],
});

/** The campaign of a day of January 2030. */
export const campaignOn = (day: number, given: Given = {}): Explored => ({
  result: resultOf(given),
  moment: {
    commit: given.commit ?? String(day).padStart(7, '0'),
    time: new Date(Date.UTC(2030, 0, day)).toISOString(),
  },
  replays: given.replays ?? [],
});

export const passes = (digit: string): Replay => ({ identity: identityOf(digit), outcome: 'passes' });
