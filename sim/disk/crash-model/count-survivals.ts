/**
 * Counts the sets of micro-operations that may survive, where there are too many to list them. They are the order ideals of the
 * model's relation. Parts that no order joins multiply. Within a part, some operation survives or it does not: it takes
 * all that must be there with it, or all that must not be there without it, and what remains falls into smaller parts.
 */

/** Beyond this many halvings, a part counts as what it has at least. A model's order needs a few for each operation. */
const STEPS_MAX = 4096;
/** More are not counted: a sum of counts stays a number. */
const COUNTED_MAX = 1e300;

class Counting {
  private readonly after: number[][];
  private steps = 0;

  constructor(private readonly before: readonly (readonly number[])[]) {
    this.after = before.map(() => []);
    for (const [later, earlier] of before.entries()) for (const one of earlier) this.after[one]?.push(later);
  }

  count(open: ReadonlySet<number>): bigint {
    let product = 1n;
    for (const part of this.partsOf(open)) product *= this.countPart(part);
    return product;
  }

  private countPart(part: ReadonlySet<number>): bigint {
    // Whatever the order is, it leaves the prefixes of some sequence.
    if (part.size === 1 || ++this.steps > STEPS_MAX) return BigInt(part.size + 1);
    const pivot = this.pivotOf(part);
    return (
      this.count(this.without(part, pivot, this.before)) + this.count(this.without(part, pivot, this.after))
    );
  }

  /** The operation that comes after many and before many: either answer takes many with it. */
  private pivotOf(part: ReadonlySet<number>): number {
    let pivot = -1;
    let most = -1;
    for (const index of part) {
      const [earlier, later] = [this.before, this.after].map(
        (edges) => edges[index]?.filter((one) => part.has(one)).length ?? 0,
      );
      const weight = ((earlier ?? 0) + 1) * ((later ?? 0) + 1);
      if (weight > most) [pivot, most] = [index, weight];
    }
    return pivot;
  }

  private without(
    part: ReadonlySet<number>,
    pivot: number,
    edges: readonly (readonly number[])[],
  ): ReadonlySet<number> {
    const gone = reached(pivot, [edges], part);
    return new Set([...part].filter((index) => !gone.has(index)));
  }

  private *partsOf(open: ReadonlySet<number>): Generator<ReadonlySet<number>> {
    const seen = new Set<number>();
    for (const index of open) {
      if (seen.has(index)) continue;
      const part = reached(index, [this.before, this.after], open);
      for (const one of part) seen.add(one);
      yield part;
    }
  }
}

/** What can be reached along these edges without leaving `within`. */
const reached = (
  from: number,
  directions: readonly (readonly (readonly number[])[])[],
  within: ReadonlySet<number>,
): ReadonlySet<number> => {
  const found = new Set([from]);
  for (const index of found)
    for (const edges of directions)
      for (const next of edges[index] ?? []) if (within.has(next)) found.add(next);
  return found;
};

/**
 * How many sets may survive, all of `required` among them, which is itself one of them. A lower bound only where the order is far
 * more tangled than any of the models'. At most 10^300.
 * @param before for each operation, the earlier ones that must be there if it is
 */
export const countSurvivals = (
  before: readonly (readonly number[])[],
  required: ReadonlySet<number>,
): number => {
  const open = new Set<number>();
  for (const index of before.keys()) if (!required.has(index)) open.add(index);
  return Math.min(Number(new Counting(before).count(open)), COUNTED_MAX);
};
