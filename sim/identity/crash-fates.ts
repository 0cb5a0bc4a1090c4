/** What a crash did to the changes that were not durable: which calls made them, and which of them were lost. */
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { type Crash, Frontier } from '../disk/crash-model/durability.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import { isData, type MicroOperation } from '../disk/crash-model/micro-operation.js';
import type { LifeRecord } from '../life/life-record.js';
import type { Step } from '../life/step.js';

/** A change that was volatile when the power failed or the process was killed. */
export interface Fate {
  readonly change: 'data' | 'size' | 'name' | 'mode';
  /** Undefined: the change is an earlier life's, which was killed. */
  readonly step: Step | undefined;
  readonly isLost: boolean;
}

const changeOf = (operation: MicroOperation): Fate['change'] => {
  if (isData(operation)) return 'data';
  return operation.kind === 'entries' ? 'name' : operation.kind;
};

const numberOf = (entry: JournalEntry): number | undefined => ('id' in entry ? entry.id : undefined);

/** The step that made a numbered change. A rename that a disk takes apart has numbers of its own for its parts. */
const stepOf = ({ world }: LifeRecord, id: number): Step | undefined => {
  const place = world.journal.entries.findLastIndex((entry) => (numberOf(entry) ?? id + 1) <= id);
  return world.steps.find(({ entriesStart, entriesEnd }) => entriesStart <= place && place < entriesEnd);
};

/** In the order in which they were made. */
export const fatesAt = (life: LifeRecord, model: DiskModel, crash: Crash): readonly Fate[] => {
  const frontier = new Frontier(life.start, model);
  for (const entry of life.world.journal.entries.slice(0, crash.at)) frontier.pass(entry);
  return frontier.volatile.map((operation) => ({
    change: changeOf(operation),
    step: operation.id < 0 ? undefined : stepOf(life, operation.id),
    isLost: crash.lost.includes(operation.id),
  }));
};
