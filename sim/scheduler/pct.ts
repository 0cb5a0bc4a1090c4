/**
 * PCT, probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010), on chains of calls instead of threads (as in
 * Ozkan et al., OOPSLA 2018). Every chain has a priority, and the one of highest priority always goes; at a few places
 * the chain that would go falls below all others. A bug of depth d, one that shows whenever d events come in a certain
 * order, needs d - 1 such places.
 */
import type { Choice, Schedule, Strategy } from './strategy.js';

/**
 * @param priorities of chains, by number; the list goes round. Empty: all are equal, and the plainest goes
 * @param changes at which choices, counted from 0, the chain that would go falls below all others
 */
export const pct = ({ priorities, changes }: Omit<Extract<Schedule, { kind: 'pct' }>, 'kind'>): Strategy => {
  const places = new Set(changes);
  const lowered = new Map<number, number>();
  let choices = 0;
  const priorityOf = (chain: number): number =>
    lowered.get(chain) ?? priorities[chain % priorities.length] ?? 0;
  const highest = (choice: Choice): number => {
    let place = 0;
    for (let other = 1; other < choice.count; other++) {
      if (priorityOf(choice.chainAt(other)) > priorityOf(choice.chainAt(place))) place = other;
    }
    return place;
  };
  return {
    pick: (choice) => {
      if (places.has(choices)) lowered.set(choice.chainAt(highest(choice)), -1 - lowered.size);
      choices += 1;
      return highest(choice);
    },
  };
};
