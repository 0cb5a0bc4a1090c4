/** The verdict of a suite: 'holds' and 'violated' only where there is ground for them, and the reasons where there is none. */

import type {
  Evidence,
  Note,
  STOPPING_LIMITS,
  StopReason,
  SuiteResult,
  UndecidedCode,
  UndecidedReason,
} from '../../result/result.js';
import { distinctNotes } from '../counting/notes.js';
import type { Tally } from '../counting/tally.js';

/** With these no violation is one of the suite as it is planned. */
const VOIDS_ALL: ReadonlySet<UndecidedCode> = new Set(['NEVER_BOOTED']);

/** With these not even a violation of a suite that should be unsafe shows what it is there to show. */
const VOIDS_EXPECTED: ReadonlySet<UndecidedCode> = new Set([
  ...VOIDS_ALL,
  'FAULT_NEVER_FIRED',
  'MUST_REACH',
  'NATIVE_ADDON',
  'STATE_OUTLIVED',
]);

/** The option of the command line that sets a bound. */
const OPTION_OF: Readonly<Record<(typeof STOPPING_LIMITS)[number], string>> = {
  depth: '--max-crashes',
  preemptions: '--strategy dfs:N',
  schedules: '--schedules',
  images: '--images',
  lives: '--lives',
};

export interface Ground {
  readonly expected: SuiteResult['expected'];
  readonly isViolated: boolean;
  /** Why the exploration proves nothing. */
  readonly reasons: readonly UndecidedReason[];
  readonly notes: readonly Note[];
}
/**
 * What a result says in the end. A violation of what should be safe is one, whatever else went wrong, if the program booted
 * at all; the reasons to doubt are then notes.
 */
export const verdictOf = ({
  expected,
  isViolated,
  reasons,
  notes,
}: Ground): Pick<SuiteResult, 'verdict' | 'asExpected' | 'undecided' | 'notes'> => {
  const doubts = distinctNotes(reasons);
  const voids = expected === 'unsafe' ? VOIDS_EXPECTED : VOIDS_ALL;
  const isUndecided = doubts.length > 0 && (!isViolated || doubts.some(({ code }) => voids.has(code)));
  if (isUndecided) {
    return { verdict: 'undecided', asExpected: false, undecided: doubts, notes: distinctNotes(notes) };
  }
  return {
    verdict: isViolated ? 'violated' : 'holds',
    asExpected: isViolated === (expected === 'unsafe'),
    notes: distinctNotes([...notes, ...doubts]),
  };
};

const count = (evidence: Evidence, ending: 'acknowledged' | 'rejected' | 'unknown'): number =>
  evidence.commands.reduce((sum, command) => sum + command[ending], 0);

const nothingAcknowledged = (evidence: Evidence, firstRejection: string | undefined): UndecidedReason => {
  const said =
    firstRejection === undefined ? '' : ` The first rejection was '${firstRejection.slice(0, 300)}'.`;
  return {
    code: 'NOTHING_ACKNOWLEDGED',
    message:
      `No command was acknowledged: ${count(evidence, 'rejected')} were rejected and ` +
      `${count(evidence, 'unknown')} had no answer, so nothing could be lost.${said} Check 'commands' and 'perform'.`,
  };
};

/** What a verdict rests on besides the counts of its evidence. */
export type Grounds = Pick<Tally, 'workloads' | 'runs' | 'seen' | 'evidence'>;

const neverBooted = ({ lives }: Evidence): UndecidedReason => ({
  code: 'NEVER_BOOTED',
  message:
    `The program booted in none of ${lives} lives, so nothing was checked. Let some life boot without a planned fault. ` +
    'Random runs sometimes omit planned faults. Their violations are shown, but they say nothing about the suite as planned.',
});

const NEVER_RESTARTED: UndecidedReason = {
  code: 'NEVER_RESTARTED',
  message:
    'The program booted in no life after a power cut, so nothing was checked there. Let some life after a power cut boot without a planned fault.',
};

/**
 * What the counts themselves give reason to doubt: a green verdict without evidence is none.
 * @param evidence of all lives
 * @param asPlanned of those in which all planned faults strike
 */
export const doubtsOfEvidence = (
  evidence: Evidence,
  asPlanned: Evidence,
  { workloads, runs, seen, evidence: { firstRejection } }: Grounds,
): readonly UndecidedReason[] => {
  if (workloads === 0 && runs === 0)
    return [{ code: 'NOTHING_EXPLORED', message: 'No workload was explored and no random run was made.' }];
  if (asPlanned.booted === 0) return [neverBooted(asPlanned)];
  const doubts: UndecidedReason[] = [];
  if (count(asPlanned, 'acknowledged') === 0) doubts.push(nothingAcknowledged(asPlanned, firstRejection));
  if (evidence.afterCrash === 0)
    doubts.push({
      code: 'NO_IMAGE_CHECKED',
      message:
        'No image that a power cut leaves was checked. Give the exploration more time, depth or runs, or let the program write.',
    });
  // A program that does not start again is a violation by itself, unless planned faults excuse it.
  if (asPlanned.afterCrash > 0 && asPlanned.restarted === 0 && !seen.has('recovers'))
    doubts.push(NEVER_RESTARTED);
  if (asPlanned.invariants.length > 0 && asPlanned.invariants.every(({ checked }) => checked === 0))
    doubts.push({
      code: 'NO_INVARIANT_CHECKED',
      message: `No invariant was checked in any of ${asPlanned.lives} lives. Let the program settle in some life.`,
    });
  return doubts;
};

/** What ended the exploration early and gives reason to doubt. `strict`: every bound that was met does. */
export const doubtsOfStops = (stops: readonly StopReason[], strict: boolean): readonly UndecidedReason[] => {
  const kinds = new Set(stops.map(({ kind }) => kind));
  const doubts: UndecidedReason[] = [];
  if (kinds.has('interruption'))
    doubts.push({ code: 'INTERRUPTED', message: 'The exploration was interrupted before its end.' });
  if (kinds.has('worker-death'))
    doubts.push({ code: 'WORKER_DIED', message: 'A worker process died before the exploration was done.' });
  if (strict && stops.length > 0) {
    const bounds = stops.map((stop) =>
      'limit' in stop ? `${stop.kind} ${stop.limit} (raise it with ${OPTION_OF[stop.kind]})` : stop.kind,
    );
    doubts.push({
      code: 'BOUND_HIT',
      message: `A bound was met, which a strict run does not allow: ${bounds.join(', ')}.`,
    });
  }
  return doubts;
};
