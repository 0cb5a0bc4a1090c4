/**
 * Failures of earlier runs, which a campaign plays first, those of the corpus and those of the history: what still fails, what does
 * not, and what is kept of it all.
 */
import { formatCount, harmlessLine } from '../../reports/format.js';
import type { HistoryFinding } from '../../reports/history/history.js';
import type { Replay } from '../../reports/history/update-history.js';
import { type StillFailing, withRegressions } from '../../sim/explore/campaign/add-regressions.js';
import type { Failure } from '../../sim/explore/campaign/replay-regressions.js';
import { decodeToken } from '../../sim/replay/token.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Context } from '../context.js';
import type { NamedSuite } from '../loading/find-suites.js';
import type { Unit } from '../messages/messages.js';
import type { UnitReplayed } from '../workers/replay-pool.js';
import type { SparedWorkerOptions } from '../workers/spare-workers.js';
import type { Trouble } from '../workers/trouble.js';
import {
  CORPUS_DIRECTORY,
  type CorpusRead,
  type CorpusWarning,
  changeCorpus,
  type Entry,
  isKeptOf,
  nameOf,
  readCorpus,
} from './corpus.js';

export interface RegressionOptions extends SparedWorkerOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onTrouble: (unit: Unit, trouble: Trouble) => void;
  /** False: leave the corpus alone. Default: true. */
  readonly corpus?: boolean;
  /** What a history knows. */
  readonly findings?: readonly HistoryFinding[];
}

/** A failure to play. One that both have is played once. */
interface Kept {
  readonly failure: Failure;
  readonly suite: string;
  readonly disk: string;
  /** In the corpus. */
  readonly entry?: Entry;
  /** In the history. */
  readonly identity?: string;
}

interface Played extends Kept {
  readonly replayed: UnitReplayed['replayed'][number];
}

/** The failures of both, each once. A finding's token was decoded when the history was read. */
const keptIn = (entries: readonly Entry[], findings: readonly HistoryFinding[]): readonly Kept[] => {
  const byName = new Map<string, Kept>(
    entries.map((entry) => [entry.name, { failure: entry, suite: entry.suite, disk: entry.disk, entry }]),
  );
  for (const { token, invariant, identity, suite } of findings) {
    const failure = { token, invariant };
    const name = nameOf(failure);
    const { disk } = decodeToken(token);
    byName.set(name, { failure, suite, disk, ...byName.get(name), identity });
  }
  return [...byName.values()];
};

export class Regressions {
  private constructor(
    private readonly context: Context,
    private readonly played: readonly Played[],
    private readonly stopped: readonly SuiteResult[],
    /** Nothing is to be written, or can be. */
    private readonly off: boolean,
    /** Real time that playing took. */
    readonly spentMs: number,
  ) {}

  static none(context: Context): Regressions {
    return new Regressions(context, [], [], true, 0);
  }

  /** Plays what is kept of these suites, and tells what still fails. */
  static async play(
    suites: readonly NamedSuite[],
    units: readonly Unit[],
    context: Context,
    options: RegressionOptions,
  ): Promise<Regressions> {
    const { corpus = true, findings = [] } = options;
    const { entries, warning }: CorpusRead = corpus ? await readCorpus(context.directory) : { entries: [] };
    warn(context, warning);
    const all = keptIn(entries, findings);
    const planned = suites.flatMap(({ suite }, index) => {
      const unit = units[index];
      if (unit === undefined) return [];
      const kept = all.filter((one) => isKeptOf(one, suite, unit.options.disk));
      return kept.length === 0 ? [] : [{ unit, kept, failures: kept.map(({ failure }) => failure) }];
    });
    const started = performance.now();
    const answers = planned.length === 0 ? [] : await context.replayFailures(planned, options);
    const spentMs = planned.length === 0 ? 0 : performance.now() - started;
    const played = planned.flatMap(({ kept }, suite) =>
      kept.flatMap((one, index) => {
        const replayed = answers[suite]?.replayed[index];
        return replayed === undefined ? [] : [{ ...one, replayed }];
      }),
    );
    for (const { suite, failure, replayed } of played) {
      if (replayed.kind !== 'fails') continue;
      const said = `${suite}: '${failure.invariant}' is still broken by a saved failure.`;
      context.stderr.write(`${harmlessLine(said)}\n`);
    }
    const stopped = answers.flatMap((answer) => answer?.result ?? []);
    const off =
      !corpus || warning?.code === 'CORPUS_NOT_A_DIRECTORY' || warning?.code === 'CORPUS_UNREADABLE';
    return new Regressions(context, played, stopped, off, spentMs);
  }

  /** What still fails of a suite. */
  failing(suite: string): readonly StillFailing[] {
    return this.played.flatMap((one) =>
      one.replayed.kind === 'fails' && one.suite === suite ? [one.replayed] : [],
    );
  }

  /** What became of the findings of the history. */
  get replays(): readonly Replay[] {
    return this.played.flatMap(({ identity, replayed }) => {
      if (identity === undefined) return [];
      const { kind } = replayed;
      return [{ identity, outcome: kind, ...(kind === 'fails' ? { violation: replayed.violation } : {}) }];
    });
  }

  /** Of suites that still fail, where the first failure is to end the campaign: what there is to say unexplored. */
  get concluded(): readonly SuiteResult[] {
    return this.stopped.map((result) => withRegressions(result, this.failing(result.name)));
  }

  /** Keeps what these results say was broken, and drops what was played and is not. */
  async updateCorpus(results: readonly SuiteResult[]): Promise<void> {
    if (this.off) return;
    const keep: Failure[] = [
      ...results.filter(({ expected }) => expected === 'safe').flatMap(({ violations }) => violations),
      ...this.played.flatMap(({ replayed }) => (replayed.kind === 'fails' ? [replayed.violation] : [])),
    ];
    const names = new Set(keep.map(nameOf));
    // One that fails in another way than it did is kept as it fails today.
    const drop = this.played.flatMap(({ entry }) => entry ?? []).filter(({ name }) => !names.has(name));
    const { kept, warning } = await changeCorpus(this.context.directory, { keep, drop });
    warn(this.context, warning);
    if (warning === undefined) this.tell(kept);
  }

  private tell(kept: number): void {
    const { stderr } = this.context;
    const suitesOf = (kind: 'passes' | 'unplayable'): readonly string[] =>
      this.played.flatMap(({ entry, replayed }) => (entry && replayed.kind === kind ? [entry.suite] : []));
    const gone = [
      ['no longer fails', 'no longer fail', suitesOf('passes')],
      ["can't be replayed any more", "can't be replayed any more", suitesOf('unplayable')],
    ] as const;
    const parts = gone
      .filter(([, , suites]) => suites.length > 0)
      .map(
        ([one, several, suites]) =>
          `${formatCount(suites.length, 'run')} that ${suites.length === 1 ? one : several} (${harmlessLine([...new Set(suites)].join(', '))})`,
      );
    if (parts.length > 0) stderr.write(`Removed from ${CORPUS_DIRECTORY}: ${parts.join('; ')}.\n`);
    if (kept > 0)
      stderr.write(
        `Saved in ${CORPUS_DIRECTORY}, replayed first by the next run: ${formatCount(kept, 'failure')}.\n`,
      );
  }
}

const warn = ({ stderr }: Context, warning: CorpusWarning | undefined): void => {
  if (warning !== undefined) stderr.write(`powercut: ${harmlessLine(warning.message)} (${warning.code})\n`);
};
