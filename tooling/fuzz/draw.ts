/** Everything that is chosen for one mutated log: a function of the campaign's seed and the log's number, and nothing else. */
import seedrandom from 'seedrandom';

export interface Draw {
  /** A whole number, uniform in [0, limit). */
  below(limit: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
}

export const drawFor = (seed: number, number: number): Draw => {
  const next = seedrandom.alea(`${seed}/${number}`);
  const below = (limit: number): number => Math.floor(next() * limit);
  // Overloaded: of a list that is not empty there is always one to pick.
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  return { below, pick };
};
