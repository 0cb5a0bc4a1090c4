/** The runs behind the violations of a suite, step by step: for reports, which show them beside the story. */
import { Origins } from '../../life/call-sites/origins.js';
import type { LifeRecord } from '../../life/life-record.js';
import { showRun } from '../../replay/run-trace.js';
import { statesBetween } from '../../replay/states-between.js';
import { stepsUntil } from '../../replay/step-fingerprint.js';
import { RESULT_SCHEMA_VERSION, type ReplayResult, type Violation } from '../../result/result.js';
import { playTape, type Tape } from '../../run/tape.js';
import type { Explorer } from '../explorer.js';

/** Longer runs would make results of many megabytes. `powercut replay` shows them. */
const STEPS_MAX = 2_000;

/** A violation with the run that shows it. */
export interface ToldViolation {
  readonly violation: Violation;
  readonly tape: Tape;
  readonly lives: readonly LifeRecord[];
  /** It needs the time between two lives. */
  readonly needsGap: boolean;
}

const isShort = ({ tape, lives }: ToldViolation): boolean =>
  lives.reduce((sum, life, number) => sum + stepsUntil(life, tape.crashes[number]).length, 0) <= STEPS_MAX;

const runOf = async (
  explorer: Explorer,
  { violation, tape, needsGap }: ToldViolation,
): Promise<ReplayResult> => {
  const { suite, model } = explorer;
  const origins = new Origins();
  const played = await origins.following(() =>
    explorer.drive(playTape(suite, model, tape, { sites: true, origins })),
  );
  const { lives, digest } = played;
  const states = await explorer.drive(statesBetween(suite, model, tape, played));
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    suite: suite.name,
    token: violation.token,
    digest,
    same: digest === violation.digest,
    ...showRun(suite, model, tape, lives, { needsGap, states }),
  };
};

/** Each run once, played again with the way of each call followed. Runs of more than 2,000 steps are left out. */
export const runsOf = async (
  explorer: Explorer,
  told: readonly ToldViolation[],
): Promise<readonly ReplayResult[]> => {
  const runs = new Map<string, ReplayResult>();
  for (const one of told) {
    const { token } = one.violation;
    if (!runs.has(token) && isShort(one)) runs.set(token, await runOf(explorer, one));
  }
  return [...runs.values()];
};
