/**
 * Every state that a power cut in one life may leave: walks the life's journal and, wherever the set of legal images
 * or the outside world's knowledge grows, builds the images that became possible there.
 */
import { stream } from '../choices/streams.js';
import { applyAll, crashImage, type Fill } from '../disk/apply.js';
import { type DiskImage, imageKey } from '../disk/image.js';
import type { JournalEntry } from '../disk/journal.js';
import { isSyncedBy, type MicroOperation, type Sync, sharesCell } from '../disk/micro-operation.js';
import type { DiskModel } from '../disk/models.js';
import { isLegal, legalSurvivals } from '../disk/survivors.js';
import { codedError } from '../errors.js';
import { advance, type HistoryState, historyKey } from '../history.js';

/** One power cut: after which journal entry, and which of the volatile micro-operations did not survive it. */
export interface Crash {
  /** The power failed when this many journal entries of the life had happened. */
  readonly at: number;
  /** Journal places of the micro-operations that were lost. */
  readonly lost: readonly number[];
  readonly fill: Fill;
}

export interface CrashState {
  readonly crash: Crash;
  readonly image: DiskImage;
  readonly history: HistoryState;
  /** Equal for states between which no life and no invariant can tell. */
  readonly key: string;
  /** How many micro-operations were at stake: 0 when the outcome was certain. */
  readonly volatile: number;
}

/** What is on the disk for good, what is not yet, and what the world knows: at one place of a journal. */
export class Frontier {
  base: DiskImage;
  volatile: MicroOperation[] = [];
  history: HistoryState;

  constructor(
    image: DiskImage,
    history: HistoryState,
    private readonly model: DiskModel,
  ) {
    // A working copy: births are put in place, as nobody can see an inode without a name.
    this.base = { inodes: new Map(image.inodes), nextIno: image.nextIno };
    this.history = history;
  }

  /** Moves past one entry; says what kind of states became possible by it. */
  pass(entry: JournalEntry): 'operation' | 'knowledge' | 'nothing' {
    switch (entry.kind) {
      case 'birth':
        this.base = applyAll(this.base, [entry], []);
        return 'nothing';
      case 'sync':
        this.sync(entry);
        return 'nothing';
      case 'observed':
        this.history = advance(this.history, entry.event);
        return 'knowledge';
      default:
        if (this.model.volatileSurvives === 'all') this.base = applyAll(this.base, [], [entry]);
        else this.volatile.push(entry);
        return 'operation';
    }
  }

  /** What a sync makes durable, it makes durable with everything that must come before it. */
  private sync(sync: Sync): void {
    const durable = new Set<MicroOperation>();
    for (let i = this.volatile.length - 1; i >= 0; i--) {
      const operation = this.volatile[i];
      if (operation === undefined) continue;
      const isDurable =
        isSyncedBy(operation, sync) ||
        [...durable].some(
          (later) => sharesCell(operation, later) || this.model.mustPrecede(operation, later),
        );
      if (isDurable) durable.add(operation);
    }
    if (durable.size === 0) return;
    this.base = applyAll(
      this.base,
      [],
      this.volatile.filter((operation) => durable.has(operation)),
    );
    this.volatile = this.volatile.filter((operation) => !durable.has(operation));
  }

  /** The state in which the volatile operations at the indexes `lost` did not survive; undefined: see {@link crashImage}. */
  state(at: number, lost: readonly number[], fill: Fill): CrashState | undefined {
    const isLost = new Set(lost);
    const kept = this.volatile.filter((_, index) => !isLost.has(index));
    const gone = this.volatile.filter((_, index) => isLost.has(index));
    const image = crashImage(this.base, kept, gone, fill);
    if (image === undefined) return undefined;
    const history = advance(this.history, { kind: 'crashed' });
    return {
      crash: { at, lost: gone.map((operation) => operation.id), fill },
      image,
      history,
      key: `${imageKey(image)}${historyKey(history)}`,
      volatile: this.volatile.length,
    };
  }
}

export interface CrashStates {
  readonly states: readonly CrashState[];
  /** False: more images are legal here than the budget allowed. */
  readonly exact: boolean;
}

/**
 * The states that become possible at each place of a journal, in order.
 * @param seed for sampling where enumeration does not fit `budget`
 */
export function* crashStates(
  start: { readonly image: DiskImage; readonly history: HistoryState },
  entries: readonly JournalEntry[],
  model: DiskModel,
  budget: number,
  seed: string,
): Generator<CrashStates & { readonly at: number }> {
  const frontier = new Frontier(start.image, start.history, model);
  for (const [index, entry] of entries.entries()) {
    const grown = frontier.pass(entry);
    if (grown === 'nothing') continue;
    const at = index + 1;
    // The newest operation survived, or nothing new is possible; new knowledge makes every image a new state.
    const newest =
      grown === 'operation' && frontier.volatile.length > 0 ? frontier.volatile.length - 1 : undefined;
    const { survivals, exact } = legalSurvivals(
      frontier.volatile,
      model,
      newest,
      budget,
      stream(`${seed}:${at}`, 'disk').below,
    );
    const states: CrashState[] = [];
    for (const { lost, fill } of survivals) {
      const state = frontier.state(at, lost, fill);
      if (state !== undefined) states.push(state);
    }
    yield { at, states, exact };
  }
}

/**
 * The state that one given power cut leaves.
 * @throws Error 'CRASH_IMPOSSIBLE' when the life has no such place or the model allows no such losses
 */
export const crashStateOf = (
  start: { readonly image: DiskImage; readonly history: HistoryState },
  entries: readonly JournalEntry[],
  model: DiskModel,
  crash: Crash,
): CrashState => {
  const impossible = (why: string) =>
    codedError('CRASH_IMPOSSIBLE', `The power can't fail like that in this run: ${why}.`);
  if (crash.at > entries.length)
    throw impossible(`the life has ${entries.length} journal entries, not ${crash.at}`);
  const frontier = new Frontier(start.image, start.history, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  const lost = crash.lost.map((id) => frontier.volatile.findIndex((operation) => operation.id === id));
  if (lost.includes(-1)) throw impossible('something is said to be lost that was durable or not yet written');
  if (!isLegal(frontier.volatile, model, new Set(lost)))
    throw impossible(`disk model '${model.name}' does not allow those losses`);
  const state = frontier.state(crash.at, lost, crash.fill);
  if (state === undefined) throw impossible('no sector is exposed that could show old bytes');
  return state;
};
