/**
 * The draws that a workload is generated from, as a tape: what a suite generates from a tape that was changed at some place
 * is again a workload that the suite allows, and mostly a similar one.
 */
import * as fc from 'fast-check';
import { scramble } from '../../util/hash.js';
import type { Stream } from '../../util/seeded-streams.js';

/** Where the draws of a tape come from, from one place on. */
interface Span {
  /** The first draw. */
  readonly from: number;
  readonly seed: number;
}

/** A sequence of draws without an end, as plain data. */
export interface Draws {
  /** By place. Each holds up to the next; the first begins at 0. */
  readonly spans: readonly Span[];
  /** How strongly fast-check prefers small and extreme values: its bias factor. */
  readonly bias: number | undefined;
}

/** A value, and the tape it was generated from. */
export interface Drawn<T> {
  readonly value: T;
  readonly draws: Draws;
  /** How many draws the value took. */
  readonly length: number;
}

const GOLDEN_RATIO = 0x9e3779b1;

const seedAt = ({ spans }: Draws, place: number): number =>
  spans.findLast(({ from }) => from <= place)?.seed ?? 0;

/** Every draw is a function of its place, so a tape can be read from any place on. */
const drawAt = (draws: Draws, place: number): number =>
  scramble(scramble(seedAt(draws, place)) + Math.imul(place + 1, GOLDEN_RATIO));

/** Reads a tape; a generator of random numbers to fast-check. */
class DrawReader {
  constructor(
    private readonly draws: Draws,
    private readonly mark: { length: number },
    private place = 0,
  ) {}

  clone(): DrawReader {
    return new DrawReader(this.draws, this.mark, this.place);
  }

  next(): number {
    const drawn = drawAt(this.draws, this.place++);
    this.mark.length = Math.max(this.mark.length, this.place);
    return drawn;
  }

  getState(): readonly number[] {
    return [this.place];
  }
}

const SEED_MAX = 0xffff_ffff;

/** Generates values from tapes: from a new one for each value, or all from a given one. Shrinks as `inner` does. */
export class DrawnArbitrary<T> extends fc.Arbitrary<Drawn<T>> {
  constructor(
    private readonly inner: fc.Arbitrary<T>,
    private readonly given?: Draws,
  ) {
    super();
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Drawn<T>> {
    const draws = this.given ?? { spans: [{ from: 0, seed: random.nextInt(0, SEED_MAX) }], bias };
    const mark = { length: 0 };
    const { value, context } = this.inner.generate(new fc.Random(new DrawReader(draws, mark)), draws.bias);
    return new fc.Value({ value, draws, length: mark.length }, context);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Drawn<T> {
    return false; // only what was drawn here is shrunk here
  }

  override shrink({ value, ...rest }: Drawn<T>, context: unknown): fc.Stream<fc.Value<Drawn<T>>> {
    return this.inner
      .shrink(value, context)
      .map((simpler) => new fc.Value({ ...rest, value: simpler.value }, simpler.context));
  }
}

/** More changes than these on top of each other leave nothing of the first tape. */
const SPANS_MAX = 24;

/** The same draws with other ones from a place on, up to `to` (exclusive). Default: from there on all are new. */
const redrawn = (draws: Draws, from: number, seed: number, to?: number): Draws => {
  const before = draws.spans.filter((span) => span.from < from);
  const after =
    to === undefined
      ? []
      : [{ from: to, seed: seedAt(draws, to) }, ...draws.spans.filter((span) => span.from > to)];
  return { ...draws, spans: [...before, { from, seed }, ...after] };
};

/** A tape that differs from `tape` at a place within its first `length` draws: in a few draws, or in all that follow. */
export const mutatedDraws = (source: Stream, draws: Draws, length: number): Draws => {
  const from = source.below(Math.max(1, length));
  const seed = source.uint32();
  const isFew = source.below(2) === 0;
  const to = from + 1 + source.below(4);
  return redrawn(draws, from, seed, isFew && draws.spans.length < SPANS_MAX ? to : undefined);
};
