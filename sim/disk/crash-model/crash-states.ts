/**
 * Every state that the end of one life may leave: walks the life's journal and, wherever the set of legal images or the
 * outside world's knowledge grows, builds the images that became possible there.
 */

import { codedError } from '../../util/errors.js';
import { stream } from '../../util/seeded-streams.js';
import type { DiskModel } from './disk-models.js';
import { type Crash, type CrashState, Frontier, type StartState } from './durability.js';
import type { JournalEntry } from './journal.js';
import { isLegal, legalSurvivals, type Survivals } from './legal-losses.js';
import { type DataWrite, isData, type MicroOperation, sectorsOf } from './micro-operation.js';
import { sectorsFor } from './sector.js';

export interface CrashStates {
  /** The life ended when this many journal entries of it had happened. */
  readonly at: number;
  /** Those that became possible here: none where the entry only narrowed what may be left, or changed nothing. */
  readonly states: readonly CrashState[];
  /** How many images became possible here: where they were sampled, at least. */
  readonly legal: number;
  /** What killing the process leaves here; undefined where a power cut leaves the same, or kills are not asked for. */
  readonly killed: CrashState | undefined;
  /** False: more images are legal here than the budget allowed. */
  readonly exact: boolean;
  /** Something that an earlier, killed life left is not durable yet. */
  readonly isCarrying: boolean;
  /** What is at stake here, in issue order. Valid until the next gap. */
  readonly volatile: readonly MicroOperation[];
}

export interface CrashStatesOptions {
  readonly model: DiskModel;
  /** Loss sets to enumerate at one gap. If more are legal, this many are sampled. */
  readonly budget: number;
  /** For sampling. */
  readonly seed: string;
  /** Also yield what killing the process leaves. Default: false. */
  readonly kills?: boolean;
  /** Only power cuts that take something which an earlier, killed life left. Default: false. */
  readonly onlyCarried?: boolean;
}

/** The most sectors of a file that some image covers. */
const mostSectors = (ino: number, { base, volatile }: Frontier): number => {
  const inode = base.inodes.get(ino);
  let size = inode?.kind === 'file' ? inode.size : 0;
  for (const operation of volatile)
    if (operation.kind === 'size' && operation.ino === ino) size = Math.max(size, operation.size);
  return sectorsFor(size);
};

/** Whether some image covers a sector of this write. */
const isCovered = (write: DataWrite, frontier: Frontier): boolean => {
  const most = mostSectors(write.ino, frontier);
  return sectorsOf(write).some(({ index }) => index < most);
};

/** Whether some image covers a sector of this write, and what is left there when the write is lost can differ from before. */
const canShow = (newest: MicroOperation | undefined, frontier: Frontier, model: DiskModel): boolean => {
  if (newest === undefined || !isData(newest) || model.fills.length === 1) return false;
  const most = mostSectors(newest.ino, frontier);
  return sectorsOf(newest).some(
    ({ index, allocates }) => index < most && (allocates || model.fills.includes('garbage')),
  );
};

/** Builds the states of one place. */
class CrashPointStates {
  readonly states: CrashState[] = [];
  isExact = true;
  /** Beyond those that were built. */
  private notBuilt = 0;
  private readonly carried: number;

  constructor(
    private readonly frontier: Frontier,
    private readonly at: number,
    private readonly options: CrashStatesOptions,
    private readonly below: (bound: number) => number,
  ) {
    this.carried = frontier.volatile.filter(({ id }) => id < 0).length;
  }

  get legal(): number {
    return this.states.length + this.notBuilt;
  }

  /** Every legal image: what the outside world knows has changed, so each is a new state. */
  all(): void {
    const { model, budget } = this.options;
    this.add(legalSurvivals(this.frontier.volatile, model, undefined, budget, this.below), []);
  }

  /**
   * The images that the operation at this index made possible: those in which it survived, and those in which it was lost
   * and left old bytes or garbage. Without it, all others were legal before.
   */
  by(newest: number): void {
    const { model, budget } = this.options;
    const { volatile } = this.frontier;
    const operation = volatile[newest];
    if (operation !== undefined && isData(operation) && !isCovered(operation, this.frontier)) {
      this.whole();
      return;
    }
    const unissued = volatile.slice(newest + 1).map((_, offset) => newest + 1 + offset);
    this.add(legalSurvivals(volatile.slice(0, newest + 1), model, newest, budget, this.below), unissued);
    if (!canShow(volatile[newest], this.frontier, model)) return;
    const before = legalSurvivals(volatile.slice(0, newest), model, undefined, budget, this.below);
    const survivals = before.survivals.map(({ lost }) => [...lost, newest]);
    // One for each loss set: fills vary fastest, so sets repeat one after the other.
    const losses = survivals.filter((lost, index) => lost.join() !== survivals[index - 1]?.join());
    const shown = losses.flatMap((lost) =>
      model.fills.flatMap((fill) => (fill === 'zero' ? [] : [{ lost, fill, torn: newest }])),
    );
    const { exact } = before;
    this.add({ survivals: shown, exact, legal: shown.length }, unissued, volatile[newest]);
  }

  /** A write beyond the end of its file shows in no image until the file grows: the image without a loss stands for all. */
  private whole(): void {
    const { volatileSurvives } = this.options.model;
    if (volatileSurvives === 'none') return;
    this.add({ survivals: [{ lost: [], fill: 'zero' }], exact: true, legal: 1 }, []);
  }

  private add(legal: Survivals, unissued: readonly number[], mustShow?: MicroOperation): void {
    this.isExact &&= legal.exact;
    if (this.options.onlyCarried !== true) this.notBuilt += legal.legal - legal.survivals.length;
    for (const survival of legal.survivals) {
      // What was carried stands first.
      const first = survival.lost[0] ?? Number.POSITIVE_INFINITY;
      if (this.options.onlyCarried === true && first >= this.carried) continue;
      const issued =
        unissued.length === 0 ? survival : { ...survival, lost: [...survival.lost, ...unissued] };
      const state = this.frontier.state(this.at, issued, mustShow);
      if (state !== undefined) this.states.push(state);
    }
  }
}

/**
 * Whether a process may be killed right after this entry. A signal waits until the system call has copied its page, and
 * set the size of the file where it grew.
 */
export const isKillable = (entry: JournalEntry, next: JournalEntry | undefined): boolean =>
  entry.kind !== 'sector' ||
  (!entry.continues && !(next?.kind === 'size' && next.delayed && next.ino === entry.ino));

/**
 * The states that become possible at each place of a journal, in order: one item for each entry.
 *
 * A kill right after a sync is left out: what it leaves can still do no more than what a kill before the sync left.
 */
export function* crashStates(
  start: StartState,
  entries: readonly JournalEntry[],
  options: CrashStatesOptions,
): Generator<CrashStates> {
  const { model, seed, kills = false } = options;
  const frontier = new Frontier(start, model);
  for (const [index, entry] of entries.entries()) {
    const count = frontier.volatile.length;
    const grown = frontier.pass(entry);
    const at = index + 1;
    const { volatile } = frontier;
    const isNews = grown !== 'nothing' || entry.kind === 'failed-sync';
    const killed = kills && isNews && isKillable(entry, entries[at]) ? frontier.kill(at) : undefined;
    if (grown === 'nothing') {
      yield { at, states: [], legal: 0, killed, exact: true, volatile, isCarrying: frontier.isCarrying };
      continue;
    }
    const place = new CrashPointStates(frontier, at, options, stream(`${seed}:${at}`, 'disk').below);
    if (grown === 'knowledge' || volatile.length === count) place.all();
    // A rename that comes apart brings several, one after the other.
    for (let newest = count; newest < volatile.length; newest++) place.by(newest);
    const { isCarrying } = frontier;
    const { states, legal, isExact: exact } = place;
    yield { at, states, legal, killed, exact, volatile, isCarrying };
  }
}

/**
 * The state that one given end of a life leaves.
 * @throws Error 'CRASH_IMPOSSIBLE' when the life has no such place or the model allows no such losses
 */
export const crashStateOf = (
  start: StartState,
  entries: readonly JournalEntry[],
  model: DiskModel,
  crash: Crash,
): CrashState => {
  const impossible = (why: string) =>
    codedError('CRASH_IMPOSSIBLE', `The power can't fail like that in this run: ${why}.`);
  if (crash.at > entries.length)
    throw impossible(`the life has ${entries.length} journal entries, not ${crash.at}`);
  const frontier = new Frontier(start, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  if (crash.isKill === true) return killedOrKept(frontier, crash);
  const indexOf = (id: number): number => frontier.volatile.findIndex((operation) => operation.id === id);
  const lost = crash.lost.map(indexOf);
  if (lost.includes(-1)) throw impossible('something is said to be lost that was durable or not yet written');
  if (!isLegal(frontier.volatile, model, new Set(lost)))
    throw impossible(`disk model '${model.name}' does not allow those losses`);
  if (!model.fills.includes(crash.fill))
    throw impossible(`disk model '${model.name}' leaves no '${crash.fill}' bytes`);
  if (crash.torn !== undefined && !crash.lost.includes(crash.torn))
    throw impossible('something is said to be garbage that was not lost');
  for (const torn of crash.fill !== 'garbage'
    ? [undefined]
    : crash.torn === undefined
      ? lost
      : [indexOf(crash.torn)]) {
    const survival = { lost, fill: crash.fill, ...(torn === undefined ? {} : { torn }) };
    const state = frontier.state(crash.at, survival);
    if (state !== undefined) return state;
  }
  throw impossible(`there is no sector that '${crash.fill}' bytes could show in`);
};

/** Where nothing is volatile, a kill leaves what a power cut leaves. */
const killedOrKept = (frontier: Frontier, crash: Crash): CrashState => {
  const state = frontier.kill(crash.at) ?? frontier.state(crash.at, { lost: [], fill: 'zero' });
  if (state === undefined) throw new Error('Filling with zeros always gives an image.');
  return { ...state, crash };
};
