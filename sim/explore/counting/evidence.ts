/** Counts what a verdict rests on: how commands ended, what happened outside, what was checked, and over how many lives. */

import type { CheckCount, LifeRecord } from '../../life/life-record.js';
import type { CommandCount, Evidence } from '../../result/result.js';
import { kindOf } from '../../suite/command-kind.js';
import type { Attempted, Json, Outcome, SuiteInvariant } from '../../suite/suite.js';

type Endings = Omit<CommandCount, 'kind'>;

/** As plain data that crosses processes; two of them add up. */
export interface EvidenceTally {
  readonly lives: number;
  readonly booted: number;
  readonly afterCrash: number;
  readonly restarted: number;
  readonly commands: ReadonlyMap<string, Endings>;
  readonly effects: number;
  /** By invariant, in the suite's order. */
  readonly checks: readonly CheckCount[];
  /** The error of the first rejected command. */
  readonly firstRejection: string | undefined;
}

export const NO_EVIDENCE: EvidenceTally = {
  lives: 0,
  booted: 0,
  afterCrash: 0,
  restarted: 0,
  commands: new Map(),
  effects: 0,
  checks: [],
  firstRejection: undefined,
};

/** Kinds beyond which all commands count as one kind: strings that are drawn at random are no kinds. */
const KINDS_MAX = 32;
const ANY_KIND = `(more than ${KINDS_MAX} kinds)`;

const NO_ENDINGS: Endings = { acknowledged: 0, rejected: 0, unknown: 0 };

const sum = (a: Endings, b: Endings): Endings => ({
  acknowledged: a.acknowledged + b.acknowledged,
  rejected: a.rejected + b.rejected,
  unknown: a.unknown + b.unknown,
});

const withinLimit = (commands: ReadonlyMap<string, Endings>): ReadonlyMap<string, Endings> =>
  commands.size <= KINDS_MAX && !commands.has(ANY_KIND)
    ? commands
    : new Map([[ANY_KIND, [...commands.values()].reduce(sum, NO_ENDINGS)]]);

const total = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

const rejectionText = (outcome: Outcome): string | undefined => {
  if (outcome.status !== 'rejected') return undefined;
  const { name, message } = outcome.error;
  return message === '' ? name : `${name}: ${message}`;
};

/** The counts of one part of an exploration, while they grow. */
export class Evidencing {
  private lives = 0;
  private booted = 0;
  private afterCrash = 0;
  private restarted = 0;
  private effects = 0;
  private firstRejection: string | undefined;
  private readonly commands = new Map<string, { -readonly [Ending in keyof Endings]: number }>();
  private readonly checks: { checked: number; atStake: number }[] = [];

  add({ start, world, booted, checks }: LifeRecord): void {
    const { history } = world;
    this.lives += 1;
    if (booted) this.booted += 1;
    if (start.history.crashes > 0) this.afterCrash += 1;
    if (start.history.crashes > 0 && booted) this.restarted += 1;
    for (const [index, { checked, atStake }] of checks.entries()) {
      this.checks[index] ??= { checked: 0, atStake: 0 };
      const count = this.checks[index];
      count.checked += checked;
      count.atStake += atStake;
    }
    this.effects += total(history.effectCounts) - total(start.history.effectCounts);
    // What was in flight when the power was cut shows in the life that follows, before anybody asks again.
    for (const before of start.history.commands) if (before.outcome.status === 'unknown') this.count(before);
    for (const [index, now] of history.commands.entries()) {
      if (start.history.commands[index]?.attempts !== now.attempts) this.count(now);
    }
  }

  private count({ command, outcome }: Attempted<Json>): void {
    const kind = kindOf(command);
    const counts = this.commands.get(kind) ?? { acknowledged: 0, rejected: 0, unknown: 0 };
    counts[outcome.status] += 1;
    this.commands.set(kind, counts);
    this.firstRejection ??= rejectionText(outcome);
  }

  tally(): EvidenceTally {
    const { lives, booted, afterCrash, restarted, effects, checks, firstRejection } = this;
    const commands = withinLimit(this.commands);
    return { lives, booted, afterCrash, restarted, commands, effects, checks, firstRejection };
  }
}

/** Two tallies in one; the left one was counted first. */
export const addEvidence = (left: EvidenceTally, right: EvidenceTally): EvidenceTally => {
  const commands = new Map(left.commands);
  for (const [kind, endings] of right.commands) {
    commands.set(kind, sum(commands.get(kind) ?? NO_ENDINGS, endings));
  }
  return {
    lives: left.lives + right.lives,
    booted: left.booted + right.booted,
    afterCrash: left.afterCrash + right.afterCrash,
    restarted: left.restarted + right.restarted,
    commands: withinLimit(commands),
    effects: left.effects + right.effects,
    checks: Array.from({ length: Math.max(left.checks.length, right.checks.length) }, (_, index) => ({
      checked: (left.checks[index]?.checked ?? 0) + (right.checks[index]?.checked ?? 0),
      atStake: (left.checks[index]?.atStake ?? 0) + (right.checks[index]?.atStake ?? 0),
    })),
    firstRejection: left.firstRejection ?? right.firstRejection,
  };
};

/** The counts as a result publishes them. */
export const evidenceOf = (
  { lives, booted, afterCrash, restarted, commands, effects, checks }: EvidenceTally,
  invariants: readonly Pick<SuiteInvariant, 'name' | 'atStake'>[],
): Evidence => ({
  lives,
  booted,
  afterCrash,
  restarted,
  commands: [...commands]
    .map(([kind, endings]) => ({ kind, ...endings }))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  effects,
  invariants: invariants.map(({ name, atStake }, index) => ({
    name,
    checked: checks[index]?.checked ?? 0,
    ...(atStake === undefined ? {} : { atStake: checks[index]?.atStake ?? 0 }),
  })),
});
