/**
 * The latest place of a power cut: a sync that follows it and saves nothing of what it takes leaves the same disk, with
 * less at stake. Told there, a cut after a write that was then synced is one after the sync, as people think of it.
 */

import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { type Crash, type CrashState, Frontier, type StartState } from '../disk/crash-model/durability.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import { isLegal } from '../disk/crash-model/legal-losses.js';

const isQuiet = ({ kind }: JournalEntry): boolean => kind === 'sync' || kind === 'birth';

const stateAt = (
  frontier: Frontier,
  model: DiskModel,
  { lost, fill, torn }: Crash,
  at: number,
): CrashState | undefined => {
  const { volatile } = frontier;
  const indexOf = (id: number): number => volatile.findIndex((operation) => operation.id === id);
  const indexes = lost.map(indexOf);
  if (indexes.includes(-1) || !isLegal(volatile, model, new Set(indexes))) return undefined;
  return frontier.state(at, { lost: indexes, fill, ...(torn === undefined ? {} : { torn: indexOf(torn) }) });
};

/** The state that `crash` leaves, cut at the last place where it is still that state. */
export const latestEquivalentCrash = (
  start: StartState,
  entries: readonly JournalEntry[],
  model: DiskModel,
  crash: Crash,
): Pick<CrashState, 'crash' | 'volatile'> => {
  const frontier = new Frontier(start, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  const first = stateAt(frontier, model, crash, crash.at);
  let latest: Pick<CrashState, 'crash' | 'volatile'> = { crash, volatile: frontier.volatile.length };
  // A sync after a kill makes durable what the killed process left: it is another state.
  if (crash.isKill === true) return latest;
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
