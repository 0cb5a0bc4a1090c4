/** What a campaign changes in the history: pure functions from what is known and what was found to what is known then. */
import type { CampaignResult, SuiteResult, Violation } from '../../sim/result/result.js';
import {
  type CampaignRecord,
  type Covered,
  type Effort,
  type FindingState,
  type History,
  type HistoryFinding,
  isNoLess,
  type Moment,
  type SuiteRecord,
} from './history.js';

/** What became of the run of a known finding, played on the program of today. */
export interface Replay {
  /** Of the finding whose token was played. */
  readonly identity: string;
  /** 'unplayable': the program is another one, too much so for the run to make sense. */
  readonly outcome: 'fails' | 'passes' | 'unplayable';
  /** What the run shows today, where it fails. */
  readonly violation?: Violation;
}

/** A campaign with what belongs to it. */
export interface Explored {
  readonly result: CampaignResult;
  readonly moment: Moment;
  /** Findings whose tokens were played. A finding that is not among them is never resolved. */
  readonly replays: readonly Replay[];
}

/** How a finding came out of a campaign. */
export interface Change {
  readonly finding: HistoryFinding;
  /** Undefined: it was unknown. */
  readonly before: FindingState | undefined;
}

export interface Updated {
  readonly history: History;
  /** Findings of the suites that were explored, but those that were and stay resolved. */
  readonly changes: readonly Change[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const cellsOf = ({ coverage }: SuiteResult): Covered => {
  const { sites, orders, recovery } = coverage;
  const shares: readonly Covered[] = [sites, orders.pairs, orders.torn, orders.fates, recovery.steps];
  return { covered: sum(shares.map(({ covered }) => covered)), total: sum(shares.map(({ total }) => total)) };
};

const effortOf = ({ disk, exploration: { workloads, runs, depth } }: SuiteResult): Effort => ({
  disk,
  workloads,
  runs,
  depth,
});

/** A suite that is expected to fail has no findings: its failures are what is expected. */
const isWatched = ({ expected }: SuiteResult): boolean => expected === 'safe';

interface Sighting {
  readonly violation: Violation;
  readonly identity: string;
}

/** What was seen of one suite. */
interface SuiteSeen {
  readonly suite: SuiteResult;
  /** The smallest of each identity first. */
  readonly sightings: ReadonlyMap<string, Sighting>;
  /** Invariants that something breaks, whatever it is. */
  readonly broken: ReadonlySet<string>;
}

const sizeOf = ({ commands, crashes }: Pick<Violation, 'commands' | 'crashes'>): number => commands + crashes;

const seenIn = (suite: SuiteResult, replays: readonly Replay[]): SuiteSeen => {
  const violations = [...suite.violations, ...replays.flatMap(({ violation }) => violation ?? [])];
  const sightings = new Map<string, Sighting>();
  for (const violation of violations) {
    const { identity } = violation;
    if (identity === undefined) continue;
    const known = sightings.get(identity);
    if (known === undefined || sizeOf(violation) < sizeOf(known.violation))
      sightings.set(identity, { identity, violation });
  }
  return { suite, sightings, broken: new Set(violations.map(({ invariant }) => invariant)) };
};

/** How often the exploration itself saw it. A replay alone counts once. */
const timesSeen = ({ suite }: SuiteSeen, identity: string): number => {
  const times = sum(suite.violations.filter((one) => one.identity === identity).map(({ seen }) => seen));
  return Math.max(1, times);
};

/** A run that no longer fails makes way for one that does. */
const smallestRun = (
  known: HistoryFinding,
  { violation }: Sighting,
  replay: Replay | undefined,
): Pick<HistoryFinding, 'token' | 'commands' | 'crashes'> => {
  const isStale = replay !== undefined && replay.outcome !== 'fails';
  const { token, commands, crashes } = isStale || sizeOf(violation) <= sizeOf(known) ? violation : known;
  return { token, commands, crashes };
};

const sighted = (
  known: HistoryFinding,
  sighting: Sighting,
  seen: SuiteSeen,
  moment: Moment,
  replay: Replay | undefined,
): HistoryFinding => {
  const isBack = known.state === 'resolved';
  return {
    ...known,
    ...smallestRun(known, sighting, replay),
    statement: sighting.violation.statement,
    state: isBack ? 'regressed' : 'ongoing',
    since: isBack ? moment : known.since,
    last: moment,
    campaigns: known.campaigns + 1,
    seen: known.seen + timesSeen(seen, known.identity),
    regressions: known.regressions + (isBack ? 1 : 0),
    effort: effortOf(seen.suite),
  };
};

/**
 * Whether a campaign that did not see a finding shows that it is gone. Each invariant has one counterexample in a result, so a
 * finding may hide behind another one of its invariant.
 */
const isGone = (known: HistoryFinding, { suite, broken }: SuiteSeen, replay: Replay | undefined): boolean =>
  replay !== undefined &&
  replay.outcome !== 'fails' &&
  suite.verdict !== 'undecided' &&
  !broken.has(known.invariant) &&
  isNoLess(effortOf(suite), known.effort);

const unseen = (
  known: HistoryFinding,
  seen: SuiteSeen,
  moment: Moment,
  replay: Replay | undefined,
): HistoryFinding => {
  if (known.state === 'resolved') return known;
  if (isGone(known, seen, replay)) return { ...known, state: 'resolved', since: moment };
  return { ...known, state: 'ongoing' };
};

const unknown = ({ identity, violation }: Sighting, seen: SuiteSeen, moment: Moment): HistoryFinding => {
  const { invariant, statement, token, commands, crashes } = violation;
  const { suite } = seen;
  return {
    identity,
    suite: suite.name,
    ...(suite.file === undefined ? {} : { file: suite.file }),
    invariant,
    statement,
    state: 'new',
    since: moment,
    first: moment,
    last: moment,
    campaigns: 1,
    seen: timesSeen(seen, identity),
    regressions: 0,
    token,
    commands,
    crashes,
    effort: effortOf(suite),
  };
};

const changesOf = (
  findings: readonly HistoryFinding[],
  seen: SuiteSeen,
  { moment, replays }: Explored,
): readonly Change[] => {
  const known = findings.filter(({ suite }) => suite === seen.suite.name);
  const replayOf = (identity: string): Replay | undefined =>
    replays.find((replay) => replay.identity === identity);
  const changed = known.map((before): Change => {
    const sighting = seen.sightings.get(before.identity);
    const replay = replayOf(before.identity);
    const finding =
      sighting === undefined
        ? unseen(before, seen, moment, replay)
        : sighted(before, sighting, seen, moment, replay);
    return { finding, before: before.state };
  });
  const names = new Set(known.map(({ identity }) => identity));
  const found = [...seen.sightings.values()]
    .filter(({ identity }) => !names.has(identity))
    .map((sighting): Change => ({ finding: unknown(sighting, seen, moment), before: undefined }));
  return [...changed, ...found];
};

const recordOf = (seen: SuiteSeen): SuiteRecord => {
  const { suite, sightings } = seen;
  return {
    name: suite.name,
    ...effortOf(suite),
    verdict: suite.verdict,
    distinct: suite.exploration.images.distinct,
    cells: cellsOf(suite),
    novelty: sum((suite.coverage.novelty ?? []).map(({ found }) => found)),
    findings: isWatched(suite) ? [...sightings.keys()].sort() : [],
  };
};

const byIdentity = (a: HistoryFinding, b: HistoryFinding): number => (a.identity < b.identity ? -1 : 1);

const byTime = (a: CampaignRecord, b: CampaignRecord): number =>
  a.time < b.time ? -1 : a.time > b.time ? 1 : 0;

/** The history after a campaign. Findings of suites that it did not explore stay as they are. */
export const updated = (history: History, explored: Explored): Updated => {
  const { result, moment, replays } = explored;
  const identities = new Map(history.findings.map(({ identity, suite }) => [identity, suite]));
  const seen = result.suites.map((suite) =>
    seenIn(
      suite,
      replays.filter(({ identity }) => identities.get(identity) === suite.name),
    ),
  );
  const changes = seen
    .filter(({ suite }) => isWatched(suite))
    .flatMap((one) => changesOf(history.findings, one, explored));
  const changed = new Map(changes.map(({ finding }) => [finding.identity, finding]));
  const untouched = history.findings.filter(({ identity }) => !changed.has(identity));
  const { seed, digest, seconds } = result;
  const record: CampaignRecord = { ...moment, seed, digest, seconds, suites: seen.map(recordOf) };
  return {
    history: {
      findings: [...untouched, ...changed.values()].sort(byIdentity),
      campaigns: [...history.campaigns, record].sort(byTime),
    },
    changes: changes.filter(
      ({ finding, before }) => !(finding.state === 'resolved' && before === 'resolved'),
    ),
  };
};
