/** Failures of earlier runs, which a campaign plays first: what still fails, what does not, and what is kept of it all. */
import { formatCount, harmlessLine } from '../../reports/format.js';
import {
  type Failure,
  type StillFailing,
  withRegressions,
} from '../../sim/explore/campaign/replay-regressions.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Context } from '../context.js';
import type { NamedSuite } from '../loading/load-suites.js';
import type { Unit } from '../messages/messages.js';
import type { UnitReplayed } from '../workers/replay-pool.js';
import type { SparedWorkerOptions } from '../workers/spare-workers.js';
import type { Trouble } from '../workers/trouble.js';
import {
  CORPUS_DIRECTORY,
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
}

interface Played {
  readonly entry: Entry;
  readonly replayed: UnitReplayed['replayed'][number];
}

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
    const { entries, warning } = await readCorpus(context.directory);
    warn(context, warning);
    const planned = suites.flatMap(({ suite }, index) => {
      const unit = units[index];
      if (unit === undefined) return [];
      const failures = entries.filter((entry) => isKeptOf(entry, suite, unit.options.disk));
      return failures.length === 0 ? [] : [{ unit, failures }];
    });
    const started = performance.now();
    const answers = planned.length === 0 ? [] : await context.replayFailures(planned, options);
    const spentMs = planned.length === 0 ? 0 : performance.now() - started;
    const played = planned.flatMap(({ failures }, suite) =>
      failures.flatMap((entry, index) => {
        const replayed = answers[suite]?.replayed[index];
        return replayed === undefined ? [] : [{ entry, replayed }];
      }),
    );
    for (const { entry, replayed } of played) {
      if (replayed.kind !== 'fails') continue;
      const said = `${entry.suite}: '${entry.invariant}' is still broken by a saved failure.`;
      context.stderr.write(`${harmlessLine(said)}\n`);
    }
    const stopped = answers.flatMap((answer) => answer?.result ?? []);
    const off = warning?.code === 'CORPUS_NOT_A_DIRECTORY' || warning?.code === 'CORPUS_UNREADABLE';
    return new Regressions(context, played, stopped, off, spentMs);
  }

  /** What still fails of a suite. */
  failing(suite: string): readonly StillFailing[] {
    return this.played.flatMap(({ entry, replayed }) =>
      replayed.kind === 'fails' && entry.suite === suite ? [replayed] : [],
    );
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
    const drop = this.played.map(({ entry }) => entry).filter(({ name }) => !names.has(name));
    const { kept, warning } = await changeCorpus(this.context.directory, { keep, drop });
    warn(this.context, warning);
    if (warning === undefined) this.tell(kept);
  }

  private tell(kept: number): void {
    const { stderr } = this.context;
    const suitesOf = (kind: 'passes' | 'unplayable'): readonly string[] =>
      this.played.flatMap(({ entry, replayed }) => (replayed.kind === kind ? [entry.suite] : []));
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
