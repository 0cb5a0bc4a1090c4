/** The crashes that can end one life: the stretches of its journal, and the places where its process can be killed. */
import { isKillable } from '../../disk/crash-model/crash-states.js';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { Frontier, type StartState } from '../../disk/crash-model/durability.js';
import type { JournalEntry } from '../../disk/crash-model/journal.js';
import { follows, type MicroOperation } from '../../disk/crash-model/micro-operation.js';
import type { Stretch } from './loss-tree.js';

export interface LifeWatcher {
  /** An operation of the life, or one that was carried into it. */
  readonly onIssued: (operation: MicroOperation) => void;
  /** The power can fail at the end of this stretch, or anywhere in it. */
  readonly onStretch: (stretch: Stretch) => void;
  /** The process can be killed where this stretch ends. */
  readonly onKill: (stretch: Stretch) => void;
}

/** The state of the walk between two journal entries. */
class Walk {
  private readonly predecessors = new Map<number, readonly number[]>();
  /** Journal entries that had happened before each operation. */
  private readonly ats = new Map<number, number>();
  private lastId = Number.NEGATIVE_INFINITY;
  private from = 0;
  /** What may be left has grown since the last stretch. */
  private isNew = true;
  readonly frontier: Frontier;

  constructor(
    start: StartState,
    private readonly model: DiskModel,
    private readonly watcher: LifeWatcher,
  ) {
    this.frontier = new Frontier(start, model);
    this.issueFrom(0, 0);
  }

  /** Something becomes durable now, or the outside world learns something. */
  end(at: number): void {
    if (this.isNew) this.watcher.onStretch(this.stretchTo(at));
    this.isNew = false;
  }

  /** A new stretch begins. */
  begin(): void {
    this.from = this.frontier.volatile.length;
  }

  grow(): void {
    this.isNew = true;
  }

  issueFrom(first: number, at: number): void {
    const { volatile } = this.frontier;
    for (let index = first; index < volatile.length; index++) {
      const operation = volatile[index];
      if (operation === undefined) continue;
      this.lastId = operation.id;
      this.ats.set(operation.id, at);
      const before = volatile.slice(0, index).filter((earlier) => follows(earlier, operation, this.model));
      this.predecessors.set(
        operation.id,
        before.map(({ id }) => id),
      );
      this.watcher.onIssued(operation);
    }
  }

  stretchTo(at: number): Stretch {
    const { frontier, from, predecessors, lastId } = this;
    const numbers = frontier.volatile.map(({ id }) => id);
    const ats = [...numbers.map((id) => this.ats.get(id) ?? 0), at];
    return { frontier: frontier.copy(), from, ats, predecessors, ids: new Set(numbers), lastId };
  }
}

/**
 * Walks through the journal of a life. A life after a process kill is walked through while something is not durable that the
 * killed one left, and is not killed again.
 */
export function* walkLife(
  start: StartState,
  entries: readonly JournalEntry[],
  model: DiskModel,
  watcher: LifeWatcher,
): Generator<void> {
  const walk = new Walk(start, model, watcher);
  const { frontier } = walk;
  const isAfterKill = start.carried !== undefined;
  for (const [index, entry] of entries.entries()) {
    const ends = entry.kind === 'sync' || entry.kind === 'observed';
    if (ends) walk.end(index);
    const count = frontier.volatile.length;
    const grown = frontier.pass(entry);
    if (isAfterKill && !frontier.isCarrying) return;
    if (ends) walk.begin();
    if (grown === 'nothing') continue;
    walk.grow();
    if (!ends) walk.issueFrom(count, index);
    if (!isAfterKill && frontier.volatile.length > 0 && isKillable(entry, entries[index + 1]))
      watcher.onKill(walk.stretchTo(index + 1));
    yield;
  }
  walk.end(entries.length);
}
