/** Explores one suite: every power cut of some workloads, random runs beyond them, and a told story for each failure. */
import * as fc from 'fast-check';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { localeOf } from '../../guard/patches/locale.js';
import { identityOf } from '../../identity/finding-identity.js';
import { unlessAbandoned } from '../../life/abandoned-life.js';
import { gapMatters } from '../../replay/clock-gaps.js';
import { caveatOf, checkDeterminism } from '../../replay/nondeterminism.js';
import { fingerprintOf } from '../../replay/step-fingerprint.js';
import { encodeToken } from '../../replay/token.js';
import type {
  Evidence,
  Exploration,
  GrowthPoint,
  Note,
  StopReason,
  SuiteResult,
  Violation,
} from '../../result/result.js';
import { isLowerBound, stopReasons } from '../../result/stop-reasons.js';
import type { Finding } from '../../run/finding.js';
import { atLatestEquivalentCrashes, playTape, type Tape } from '../../run/tape.js';
import { messageWithSite, renderStory, statesOf } from '../../story/story.js';
import { carriedOverrides } from '../../suite/limits.js';
import { sealed } from '../../suite/sealed-workload.js';
import type { Json, Suite } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';
import { startStopwatch } from '../../util/stopwatch.js';
import { evidenceOf } from '../counting/evidence.js';
import { doubtsOfFaults, faultsOf } from '../counting/fault-counts.js';
import { costsOf, costsOfRecovery } from '../counting/life-costs.js';
import { doubtsOfReaching } from '../counting/reaching.js';
import { EMPTY_TALLY, type FirstFound, plus, type Tally } from '../counting/tally.js';
import { pathOf } from '../exhaustive/command-path.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds, ExploreProgress } from '../options.js';
import type { ScheduledWorkload } from '../random/run-random.js';
import { shrink, simplest } from '../shrink/shrink.js';
import { shrinkRandom } from '../shrink/shrink-random.js';
import { Agenda } from './agenda.js';
import { doubtsOfEvidence, doubtsOfStops, verdictOf } from './decide-verdict.js';
import { explorePart } from './explore-part.js';
import { type AskNewProcess, outlivingOf } from './outliving-state.js';
import { runsOf, type ToldViolation } from './show-runs.js';
import { SuiteProgress } from './suite-progress.js';

const GROWTH_COMMANDS = [5, 10, 20, 40];

/** Plays a finding once more, tells it, and seals it in a token. */
export const tell = async (explorer: Explorer, finding: Finding, seen: number): Promise<ToldViolation> => {
  const { suite, model } = explorer;
  const overrides = carriedOverrides(explorer.options);
  const { broken } = finding;
  const played = await explorer.drive(playTape(suite, model, finding.tape, { sites: true }));
  const tape = atLatestEquivalentCrashes(finding.tape, played.lives, model);
  const again = played.lives.at(-1)?.broken.find(({ invariant }) => invariant === broken.invariant);
  if (again === undefined) {
    await explorer.drive(checkDeterminism(suite, model, tape));
    throw new Error(
      `A run of suite '${suite.name}' broke '${broken.invariant}' and, played twice more, did not.`,
    );
  }
  const needsGap = await explorer.drive(gapMatters(suite, model, finding.tape, [broken.invariant]));
  const story = renderStory(suite, model, tape, played.lives, { target: broken.invariant, needsGap });
  const caveat = await explorer.drive(caveatOf(suite, model, finding.tape, played));
  const violation: Violation = {
    invariant: broken.invariant,
    statement: broken.statement,
    message: messageWithSite(again),
    ...statesOf(again),
    story: caveat === undefined ? story : `${story}\n${caveat}`,
    token: encodeToken({
      suite: suite.name,
      disk: model.name,
      tape,
      digest: played.digest,
      locale: localeOf(suite.locale),
      steps: fingerprintOf(played.lives, tape.crashes),
      ...(overrides === undefined ? {} : { overrides }),
    }),
    digest: played.digest,
    identity: identityOf(suite.name, { tape, lives: played.lives, model, broken: again }),
    commands: tape.workload.length,
    crashes: tape.crashes.length,
    seen,
  };
  return { violation, tape, lives: played.lives, needsGap };
};

/** What recovery costs after ever more commands, everything written having survived. */
const growthOf = async (explorer: Explorer, commands: readonly Json[]): Promise<GrowthPoint[]> => {
  const points: GrowthPoint[] = [];
  for (const count of GROWTH_COMMANDS) {
    if (commands.length < count || explorer.expired()) break;
    const workload = commands.slice(0, count);
    const recover = recoverAtTheEnd(explorer.suite, explorer.model, workload);
    const played = await unlessAbandoned(explorer.driveWithinTime(recover), () => undefined);
    const last = played?.lives.at(-1);
    if (last === undefined || last.broken.length > 0) break;
    points.push({ commands: count, costs: { ...last.costs, ...costsOfRecovery(last) } });
  }
  return points;
};

function* recoverAtTheEnd(
  suite: Suite,
  model: DiskModel,
  workload: readonly Json[],
): ReturnType<typeof playTape> {
  const tape: Tape = { workload, crashes: [], commandsAfterCrash: 0 };
  const [whole] = (yield* playTape(suite, model, tape)).lives;
  if (whole === undefined || model.volatileSurvives === 'none') return yield* playTape(suite, model, tape);
  const crash = { at: whole.world.journal.entries.length, lost: [], fill: 'zero' } as const;
  return yield* playTape(suite, model, { ...tape, crashes: [crash] });
}

const pathCoverage = async (
  explorer: Explorer,
  command: Json | undefined,
): Promise<ReturnType<typeof pathOf>> => {
  if (command === undefined || explorer.expired()) return [];
  const exhausted = explorer.exhaust([command], { depth: 1, commandsAfterCrash: 0, sites: true });
  const result = await unlessAbandoned(exhausted, () => undefined);
  return result === undefined ? [] : pathOf(result, explorer.model);
};

/** Shrinks the first failure of an invariant. */
const shrunk = (explorer: Explorer, { phase, ...first }: FirstFound, tally: Tally): Promise<Finding> => {
  const options = {
    seed: explorer.seedOf(phase),
    expired: explorer.expired,
    onShrink: () =>
      explorer.progress({
        phase: 'shrinking',
        done: 0,
        total: undefined,
        imagesChecked: tally.checked,
        violations: tally.firsts.size,
      }),
  };
  if (phase === 'random') {
    return shrinkRandom(explorer, first, options);
  }
  const exhaust = async (input: ScheduledWorkload): Promise<readonly Finding[]> => {
    const findings: Finding[] = [];
    await explorer.exhaustScheduled(input, {}, (result) => {
      findings.push(...result.findings);
      return simplest(findings, first.finding.broken.invariant) === undefined;
    });
    return findings;
  };
  return shrink(explorer.workloads(), exhaust, first, options);
};

/** All parts in one; of a campaign that stops at the first violation, those up to it, whatever else was explored meanwhile. */
const wholeOf = (tallies: readonly Tally[], bail: boolean): Tally => {
  const found = bail ? tallies.findIndex(({ seen }) => seen.size > 0) : -1;
  const whole = (found === -1 ? tallies : tallies.slice(0, found + 1)).reduce(plus, EMPTY_TALLY);
  const isFound = ([name]: readonly [string, unknown]): boolean => !whole.refuted.includes(name);
  return {
    ...whole,
    seen: new Map([...whole.seen].filter(isFound)),
    firsts: new Map([...whole.firsts].filter(isFound)),
  };
};

/** What kept the exploration from going on, the growth of costs and the shrinking included. */
const stopsOf = (tally: Tally, explorer: Explorer): readonly StopReason[] => {
  const stopped = explorer.stopped();
  return stopReasons(tally.stops, stopped === undefined ? [] : [stopped]);
};

const explorationOf = (tally: Tally, explorer: Explorer, stops: readonly StopReason[]): Exploration => ({
  crashPoints: tally.crashPoints,
  images: {
    legal: tally.legal,
    checked: tally.checked,
    distinct: tally.distinct,
    sampled: tally.sampled,
  },
  kills: tally.kills,
  ...(tally.classes === 0 ? {} : { classes: tally.classes }),
  depth: explorer.options.depth,
  // Without a workload, or an image, no power cut was explored, whatever did not stop it.
  closed: stops.length === 0 && tally.workloads > 0 && tally.checked > 0,
  stopReasons: stops,
  workloads: tally.workloads,
  reach: tally.reach,
  schedules: tally.schedules,
  runs: tally.runs,
  steps: tally.steps,
  seconds: tally.seconds + explorer.seconds(),
});

const NO_INVARIANTS: Note = {
  code: 'NO_INVARIANTS',
  message: 'The suite has no invariants: only the built-in rules were checked.',
};

const judged = (
  suite: Suite,
  tally: Tally,
  evidence: Evidence,
  stops: readonly StopReason[],
  strict: boolean,
): ReturnType<typeof verdictOf> => {
  // Random runs leave planned faults out at times: whether the program gets anywhere with them shows in the others.
  const asPlanned = tally.workloads > 0 ? evidenceOf(tally.exhaustiveEvidence, suite.invariants) : evidence;
  return verdictOf({
    expected: suite.expected ?? 'safe',
    isViolated: tally.seen.size > 0,
    reasons: [
      ...tally.doubts,
      ...doubtsOfFaults(faultsOf(suite.faults ?? [], tally.fired)),
      ...doubtsOfEvidence(evidence, asPlanned, tally),
      ...doubtsOfReaching(suite, tally.marks, tally.reached),
      ...doubtsOfStops(stops, strict),
    ],
    notes: [...tally.notes, ...(suite.invariants.length === 0 ? [NO_INVARIANTS] : [])],
  });
};

/**
 * The result of a suite from the tallies of its parts, in their order. Shrinks the findings, writes their stories, and
 * checks what only the whole shows. Does not mention missing parts: a caller that leaves one out says so.
 * @throws as exploreSuite
 */
export const concludeSuite = async (
  suite: Suite,
  options: ExplorationBounds,
  tallies: readonly Tally[],
): Promise<SuiteResult> => {
  const explorer = new Explorer(suite, options);
  const { model } = explorer;
  const tally = wholeOf(tallies, options.bail);
  const hash = new Hash();
  for (const digest of tally.digests) hash.text(digest);
  const findings: Finding[] = [];
  for (const first of tally.firsts.values()) findings.push(await shrunk(explorer, first, tally));
  const told: ToldViolation[] = [];
  for (const finding of findings)
    told.push(await tell(explorer, finding, tally.seen.get(finding.broken.invariant) ?? 1));
  for (const { violation } of told) hash.text(violation.digest);
  const runs = await runsOf(explorer, told);

  const commands = sealed(suite, fc.sample(suite.commands, { seed: options.seed, numRuns: 60 }).flat());
  const path = await pathCoverage(explorer, findings[0]?.tape.workload[0] ?? commands[0]);
  const growth = await growthOf(explorer, commands);
  const stops = stopsOf(tally, explorer);
  const evidence = evidenceOf(tally.evidence, suite.invariants);
  const faults = faultsOf(suite.faults ?? [], tally.fired);
  return {
    name: suite.name,
    expected: suite.expected ?? 'safe',
    ...judged(suite, tally, evidence, stops, options.strict === true),
    evidence,
    ...(faults.length === 0 ? {} : { faults }),
    disk: model.name,
    seed: options.seed,
    digest: hash.digest(),
    exploration: explorationOf(tally, explorer, stops),
    violations: told.map(({ violation }) => violation),
    ...(runs.length === 0 ? {} : { runs }),
    coverage: {
      disk: model.name,
      sectorBytes: model.sectorBytes,
      ...tally.coverage,
      images: {
        covered: tally.checked,
        total: tally.distinct,
        exact: !tally.sampled && !stops.some(isLowerBound),
      },
      marks: {
        reached: [...tally.marks].sort(),
        unreached: (suite.marks ?? []).filter((mark) => !tally.marks.includes(mark)),
      },
      path,
      ...(tally.novelty.length === 0 ? {} : { novelty: tally.novelty }),
    },
    costs: costsOf(tally.costs),
    growth,
  };
};

/**
 * Explores one suite within the bounds of `options`.
 * @param ask checks for state that outlives a life; without it nothing is said of that
 * @throws SimulatorError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'; and what the suite itself throws outside its promises
 */
export const exploreSuite = async (
  suite: Suite,
  options: ExplorationBounds,
  ask?: AskNewProcess,
): Promise<SuiteResult> => {
  const seconds = startStopwatch();
  const { timeMs, onProgress } = options;
  const withinTime = (): ExplorationBounds =>
    timeMs === undefined ? options : { ...options, timeMs: timeMs - seconds() * 1000 };
  const agenda = new Agenda(options);
  const progress = new SuiteProgress(agenda.parts);
  for (let next = agenda.take(); next !== undefined; next = agenda.take()) {
    const { part } = next;
    const reporting =
      onProgress === undefined
        ? {}
        : { onProgress: (one: ExploreProgress) => onProgress(progress.withPart(part, one)) };
    agenda.explored(part, await explorePart(suite, { ...withinTime(), ...reporting }, next));
  }
  const tallies = agenda.finished();
  const outliving = ask === undefined ? [] : await outlivingOf(tallies, ask);
  return concludeSuite(suite, withinTime(), [...outliving, ...tallies]);
};
