/**
 * The latest place of a power cut: a sync that follows it and saves nothing of what it takes leaves the same disk, with
 * less at stake. Told there, a cut after a write that was then synced is one after the sync, as people think of it.
 */
import type { JournalEntry } from '../disk/journal.js';
import type { DiskModel } from '../disk/models.js';
import { isLegal } from '../disk/survivors.js';
import { type Crash, type CrashState, Frontier } from './crash-states.js';
import type { LifeStart } from './live.js';

const isQuiet = ({ kind }: JournalEntry): boolean => kind === 'sync' || kind === 'birth';

const stateAt = (
  frontier: Frontier,
  model: DiskModel,
  { lost, fill }: Crash,
  at: number,
): CrashState | undefined => {
  const { volatile } = frontier;
  const indexes = lost.map((id) => volatile.findIndex((operation) => operation.id === id));
  if (indexes.includes(-1) || !isLegal(volatile, model, new Set(indexes))) return undefined;
  return frontier.state(at, indexes, fill);
};

/** The state that `crash` leaves, cut at the last place where it is still that state. */
export const latestPlace = (
  start: Pick<LifeStart, 'image' | 'history'>,
  entries: readonly JournalEntry[],
  model: DiskModel,
  crash: Crash,
): Pick<CrashState, 'crash' | 'volatile'> => {
  const frontier = new Frontier(start.image, start.history, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  const first = stateAt(frontier, model, crash, crash.at);
  let latest: Pick<CrashState, 'crash' | 'volatile'> = { crash, volatile: frontier.volatile.length };
  for (let at = crash.at; at < entries.length; at++) {
    const entry = entries[at];
    if (entry === undefined || !isQuiet(entry)) break;
    frontier.pass(entry);
    const state = stateAt(frontier, model, crash, at + 1);
    if (state === undefined || state.key !== first?.key) break;
    latest = state;
  }
  return latest;
};
