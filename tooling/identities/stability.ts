/** What identities of many bugs and seeds say: how often one bug has one identity, and two bugs two. */
import type { Identified } from '../../properties/sabotage/identify.js';

/** A sabotage as one invariant of one suite shows it. */
export interface Bug {
  readonly name: string;
  readonly suite: string;
  readonly invariant: string;
  /** By identity, how many seeds gave it. */
  readonly identities: ReadonlyMap<string, number>;
}

/** Bugs that at least two seeds found: one seed agrees with itself. */
export const bugsIn = (name: string, found: readonly Identified[]): readonly Bug[] => {
  const bugs = new Map<string, Map<string, number>>();
  for (const { suite, invariant, identity } of found) {
    const key = `${suite}\n${invariant}`;
    const identities = bugs.get(key) ?? new Map<string, number>();
    bugs.set(key, identities.set(identity, (identities.get(identity) ?? 0) + 1));
  }
  return [...bugs].flatMap(([key, identities]) => {
    const [suite = '', invariant = ''] = key.split('\n');
    const seeds = [...identities.values()].reduce((sum, count) => sum + count, 0);
    return seeds < 2 ? [] : [{ name, suite, invariant, identities }];
  });
};

const most = ({ identities }: Bug): number => Math.max(...identities.values());

const all = ({ identities }: Bug): number => [...identities.values()].reduce((sum, count) => sum + count, 0);

/** The most frequent identity. */
const usual = (bug: Bug): string | undefined =>
  [...bug.identities].find(([, count]) => count === most(bug))?.[0];

/** Pairs of different bugs of one invariant in one suite. */
const pairsOf = (bugs: readonly Bug[]): readonly (readonly [Bug, Bug])[] =>
  bugs.flatMap((bug, index) =>
    bugs
      .slice(index + 1)
      .filter(
        ({ name, suite, invariant }) =>
          name !== bug.name && suite === bug.suite && invariant === bug.invariant,
      )
      .map((other) => [bug, other] as const),
  );

/** Three lines. */
export const summaryOf = (bugs: readonly Bug[]): string => {
  const single = bugs.filter(({ identities }) => identities.size === 1).length;
  const [usualSeeds, seeds] = [most, all].map((of) => bugs.reduce((sum, bug) => sum + of(bug), 0));
  const pairs = pairsOf(bugs);
  const apart = pairs.filter(([one, other]) => usual(one) !== usual(other)).length;
  return [
    `${single} of ${bugs.length} bugs have one identity, whatever the seed`,
    `${usualSeeds} of ${seeds} findings have the usual identity of their bug`,
    `${apart} of ${pairs.length} pairs of bugs of one invariant in one suite have different usual identities`,
  ].join('\n');
};
