/**
 * The order in which the crash states of one generation are recovered from: the most telling first, so that a bound that
 * is met leaves out the least telling. Most bugs show where an acknowledged write is gone, or where one write is missing.
 */
import type { CrashState } from '../../disk/crash-model/durability.js';

/** Nothing volatile survives. Such a state is new only right after an acknowledgement or an effect. */
const ALL_LOST = 0;
/** At most one write is lost. */
const ONE_LOST = 1;
const OTHERS = 2;

/** How telling a state is: the less the more. */
export type Group = number;

const GROUPS = [ALL_LOST, ONE_LOST, OTHERS];

const groupOf = ({ crash, volatile }: Pick<CrashState, 'crash' | 'volatile'>): number => {
  // After a process kill everything survives. Where a power cut leaves the same image, that one comes first.
  if (crash.isKill === true || crash.fill !== 'zero') return OTHERS;
  if (crash.lost.length === volatile) return ALL_LOST;
  return crash.lost.length <= 1 ? ONE_LOST : OTHERS;
};

export class VisitOrder {
  readonly groups = new Map<string, Group>();

  /** Notes that a crash leaves the state of this key. A state is as telling as the most telling crash that leaves it. */
  note(key: string, state: Pick<CrashState, 'crash' | 'volatile'>): void {
    this.noteGroup(key, groupOf(state));
  }

  /** The same, of a state that was found elsewhere. */
  noteGroup(key: string, group: Group): void {
    if (group < (this.groups.get(key) ?? OTHERS)) this.groups.set(key, group);
  }

  /** The states of one generation in the order in which to recover from them; in a group they keep their order. Cost: linear. */
  sorted<State>(generation: readonly State[], keyOf: (state: State) => string): readonly State[] {
    const groups = GROUPS.map((): State[] => []);
    for (const state of generation) groups[this.groups.get(keyOf(state)) ?? OTHERS]?.push(state);
    this.groups.clear();
    return groups.flat();
  }
}
