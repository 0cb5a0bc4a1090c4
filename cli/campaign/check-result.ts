/**
 * Checks what another machine says came of a unit, before anything of it is counted. The type of each part names the fields:
 * a field that is added to a tally and not checked here is an error of the compiler.
 */

import { suiteResultFlaw } from '../../reports/result/read-result.js';
import type { Collected } from '../../sim/coverage/merge-coverage.js';
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { EvidenceTally } from '../../sim/explore/counting/evidence.js';
import type { FirstFound, Tally } from '../../sim/explore/counting/tally.js';
import { SURVIVOR_CLASSES, type SuiteResult } from '../../sim/result/result.js';
import { STOPPING_EVENTS, STOPPING_LIMITS, UNDECIDED_CODES } from '../../sim/result/verdict.js';
import {
  anyOf,
  type Check,
  isCount,
  isFields,
  isFlag,
  isNatural,
  isNumber,
  isOneOf,
  isText,
  listOf,
  mapOf,
  orNothing,
  record,
  recordOf,
} from '../messages/checks.js';
import { isPlan, isRecipe } from './check-recipe.js';
import { isCrash, isSliceExplored } from './check-slice.js';

const isPlace = record({ file: isText, line: isNatural, operation: isText });
const isShare = { covered: isNatural, total: isNatural };
const isNumbers = listOf(isNatural);

const isStop = anyOf(
  record({ kind: isOneOf(...STOPPING_LIMITS), limit: isCount }),
  record({ kind: isOneOf(...STOPPING_EVENTS) }),
);
const isDoubt = record({ code: isOneOf(...UNDECIDED_CODES), message: isText });
const isNote = record({
  code: isText,
  message: isText,
  site: orNothing(record({ file: isText, line: isNatural })),
});

const isPair = record({ earlier: isNatural, later: isNatural, oneCall: isFlag });
const isCoverage = recordOf<Collected>({
  sites: record({ ...isShare, cut: listOf(isPlace), uncovered: listOf(isPlace) }),
  orders: record({
    changes: listOf(isPlace),
    pairs: record({ ...isShare, seen: listOf(isPair), unseen: listOf(isPair) }),
    torn: record({ ...isShare, torn: isNumbers, untorn: isNumbers }),
    fates: record({ ...isShare, neverLost: isNumbers, neverKept: isNumbers }),
  }),
  recovery: record({ steps: record({ ...isShare, cut: listOf(isPlace), uncovered: listOf(isPlace) }) }),
  kills: record({ ...isShare, cut: listOf(isPlace), uncovered: listOf(isPlace) }),
  survivors: listOf(
    record({
      file: isText,
      line: isNatural,
      operation: isText,
      classes: listOf(
        record({
          class: isOneOf(...SURVIVOR_CLASSES),
          images: isNatural,
          checked: isNatural,
          violated: isNatural,
        }),
      ),
    }),
  ),
});

const isEndings = record({ acknowledged: isNatural, rejected: isNatural, unknown: isNatural });
const isEvidence = recordOf<EvidenceTally>({
  lives: isNatural,
  booted: isNatural,
  afterCrash: isNatural,
  restarted: isNatural,
  commands: mapOf(isText, isEndings),
  effects: isNatural,
  checks: listOf(record({ checked: isNatural, atStake: isNatural })),
  firstRejection: orNothing(isText),
});

const isTape: Check = (value) =>
  isPlan(value) && record({ workload: Array.isArray, crashes: listOf(isCrash) })(value);
const isFinding = record({
  broken: record({ invariant: isText, statement: isText, message: isText, moment: isText }),
  tape: isTape,
  volatile: isNatural,
});
const isFirst = recordOf<FirstFound>({
  index: isNatural,
  phase: isOneOf('exhaustive', 'random'),
  finding: isFinding,
  recipe: orNothing(isRecipe),
});

/** Its lives are lived again by a worker process, which fails by itself where they make no sense. */
const isSampled = record({
  start: record({ image: isFields, history: isFields, key: isText }),
  how: isPlan,
  witness: record({ steps: listOf(isFields), broken: listOf(isText), outcome: isText }),
  stratum: isText,
  priority: isNumber,
});

export const isTally = recordOf<Tally>({
  crashPoints: isNatural,
  legal: isCount,
  checked: isNatural,
  distinct: isNatural,
  kills: isNatural,
  classes: isNatural,
  steps: isNatural,
  workloads: isNatural,
  reach: listOf(record({ crashes: isNatural, closed: isFlag })),
  schedules: isNatural,
  runs: isNatural,
  seconds: isCount,
  sampled: isFlag,
  stops: listOf(isStop),
  cutShort: orNothing(isStop),
  evidence: isEvidence,
  exhaustiveEvidence: isEvidence,
  doubts: listOf(isDoubt),
  notes: listOf(isNote),
  sample: record({ drawn: listOf(isSampled), failing: mapOf(isText, isSampled) }),
  refuted: listOf(isText),
  reached: listOf(isFlag),
  digests: listOf(isText),
  marks: listOf(isText),
  costs: mapOf(isText, record({ total: isNumber, count: isNatural, max: isNumber })),
  fired: listOf(isNatural),
  coverage: isCoverage,
  runsSeen: listOf(record({ features: mapOf(isNatural, isNatural), steps: isNatural, recipe: isRecipe })),
  novelty: listOf(record({ runs: isNatural, isGuided: isFlag, found: isNatural })),
  seen: mapOf(isText, isNatural),
  firsts: mapOf(isText, isFirst),
});

/** What came of a unit, as a machine of the campaign says. */
export type UnitResult =
  | { readonly kind: 'explored'; readonly tally: Tally }
  /** A slice was. */
  | { readonly kind: 'counted'; readonly counted: SliceCounted }
  /** Too large for one machine: to be explored in slices. */
  | { readonly kind: 'too large' }
  /** The result of the suite. */
  | { readonly kind: 'concluded'; readonly result: SuiteResult }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly stack: string | undefined;
      /** Found before it failed. */
      readonly found: readonly FirstFound[];
    };

const CHECKS: Readonly<Record<UnitResult['kind'], Check>> = {
  explored: record({ tally: isTally }),
  counted: record({
    counted: recordOf<SliceCounted>({
      explored: isSliceExplored(isStop, isFinding),
      tally: isTally,
      coverage: isCoverage,
    }),
  }),
  'too large': () => true,
  concluded: record({ result: (value) => isFields(value) && suiteResultFlaw(value) === undefined }),
  failed: record({ code: isText, message: isText, stack: orNothing(isText), found: listOf(isFirst) }),
};

/** True for a result that can be counted. It may still be wrong: only who knows the campaign key can make one. */
export const isUnitResult = (value: unknown): value is UnitResult => {
  if (!isFields(value) || !isText(value.kind)) return false;
  const kind = String(value.kind);
  return Object.hasOwn(CHECKS, kind) && CHECKS[kind as UnitResult['kind']](value); // it is one of its keys
};
