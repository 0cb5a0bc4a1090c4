/** What a supervisor does with a program that has ended its own process while it started: it starts it again. */

import { crashStateOf } from '../disk/crash-model/crash-states.js';
import { diskModel } from '../disk/crash-model/disk-models.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import type { Suite } from '../suite/suite.js';
import type { Driven } from './drive.js';
import type { LifeStart } from './life-record.js';

/** Starts in a row after which a program that ended its process in each counts as one that does not start. */
const STARTS_MAX = 5;

export interface Started {
  /** 'ended': by itself, on purpose, before it was up. */
  readonly state: 'up' | 'failed' | 'ended';
  readonly entries: readonly JournalEntry[];
}

/**
 * Whether a program starts when it is restarted on all that it had written. One that migrates a file and exits does; one
 * that finds the same and does the same again does not.
 * @param ended the life that ended while it started, from `start`
 * @param boot starts the program once more
 */
export function* startsWhenRestarted(
  suite: Suite,
  start: LifeStart,
  ended: readonly JournalEntry[],
  boot: (start: LifeStart) => Driven<Started>,
): Driven<boolean> {
  const model = diskModel('process-kill', suite.sectorBytes);
  let last = start;
  let entries = ended;
  for (let starts = 1; starts < STARTS_MAX; starts++) {
    const next = crashStateOf(last, entries, model, { at: entries.length, lost: [], fill: 'zero' });
    if (next.key === last.key) return false;
    const started = yield* boot(next);
    if (started.state !== 'ended') return started.state === 'up';
    last = next;
    entries = started.entries;
  }
  return false;
}
