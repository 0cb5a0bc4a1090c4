/** The result of a suite whose exploration failed: undecided, with the reason, and no evidence. */
import { NOTHING_COLLECTED } from '../../sim/coverage/merge-coverage.js';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import type { StopReason, SuiteResult, UndecidedReason } from '../../sim/result/result.js';
import { Hash } from '../../sim/util/hash.js';
import type { Unit } from '../messages/messages.js';

const NO_IMAGES = { legal: 0, checked: 0, distinct: 0, sampled: false };
const NO_EVIDENCE = {
  lives: 0,
  booted: 0,
  afterCrash: 0,
  restarted: 0,
  commands: [],
  effects: 0,
  invariants: [],
};

export const undecidedResult = (
  { reference, suite, options }: Unit,
  reason: UndecidedReason,
  stop: StopReason,
): SuiteResult => {
  const { name: disk, sectorBytes } = diskModel(options.disk ?? suite.disk);
  return {
    name: suite.name,
    ...(reference.kind === 'file' ? { file: reference.argument } : {}),
    expected: suite.expected,
    verdict: 'undecided',
    asExpected: false,
    undecided: [reason],
    notes: [],
    evidence: NO_EVIDENCE,
    disk,
    seed: options.seed,
    digest: new Hash().digest(),
    exploration: {
      crashPoints: 0,
      images: NO_IMAGES,
      kills: 0,
      depth: options.depth,
      closed: false,
      stopReasons: [stop],
      workloads: 0,
      schedules: 0,
      runs: 0,
      steps: 0,
      seconds: 0,
    },
    violations: [],
    coverage: {
      disk,
      sectorBytes,
      ...NOTHING_COLLECTED,
      images: { covered: 0, total: 0, exact: false },
      marks: { reached: [], unreached: [] },
      path: [],
    },
    costs: {},
    growth: [],
  };
};

/** A result with one more reason to doubt it. A violation stays one. */
export const doubted = (result: SuiteResult, reason: UndecidedReason): SuiteResult =>
  result.verdict === 'violated'
    ? { ...result, notes: [...result.notes, reason] }
    : {
        ...result,
        verdict: 'undecided',
        asExpected: false,
        undecided: [...(result.undecided ?? []), reason],
      };
