/**
 * The draws that a workload is generated from, as a tape: what a suite generates from a tape that was changed at some place
 * is again a workload that the suite allows, and mostly a similar one.
 */
import * as fc from 'fast-check';
import { scramble } from '../../util/hash.js';

/** Where the draws of a tape come from, from one place on. */
interface Span {
  /** The first draw. */
  readonly from: number;
  readonly seed: number;
  /** Which draw of the seed the first one is. */
  readonly at: number;
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
const FIRST: Span = { from: 0, seed: 0, at: 0 };

/** Where the draws come from at a place. */
const spanAt = ({ spans }: Draws, place: number): Span => {
  const { from, seed, at } = spans.findLast((span) => span.from <= place) ?? FIRST;
  return { from: place, seed, at: at + place - from };
};

/** Every draw is a function of its place, so a tape can be read from any place on. */
const drawAt = (draws: Draws, place: number): number => {
  const { seed, at } = spanAt(draws, place);
  return scramble(scramble(seed) + Math.imul(at + 1, GOLDEN_RATIO));
};

/** The tape that begins at a place of another one. */
const beginningAt = (draws: Draws, place: number): Draws => ({
  ...draws,
  spans: [
    { ...spanAt(draws, place), from: 0 },
    ...draws.spans.filter((span) => span.from > place).map((span) => ({ ...span, from: span.from - place })),
  ],
});

/** Reads a tape; a generator of random numbers to fast-check. */
class DrawReader {
  constructor(
    private readonly draws: Draws,
    private place = 0,
  ) {}

  clone(): DrawReader {
    return new DrawReader(this.draws, this.place);
  }

  next(): number {
    return drawAt(this.draws, this.place++);
  }

  getState(): readonly number[] {
    return [this.place];
  }
}

/** A value within others, and the draws that it took: from one place up to another (exclusive). */
export interface Placed<T> {
  readonly value: T;
  readonly from: number;
  readonly to: number;
}

const placeOf = (random: fc.Random): number => random.getState()?.[0] ?? 0;

/** Notes which draws of a tape each of its values took. */
export class PlacedArbitrary<T> extends fc.Arbitrary<Placed<T>> {
  constructor(private readonly inner: fc.Arbitrary<T>) {
    super();
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Placed<T>> {
    const from = placeOf(random);
    const { value, context } = this.inner.generate(random, bias);
    return new fc.Value({ value, from, to: placeOf(random) }, context);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Placed<T> {
    return false; // only what was generated here is shrunk here
  }

  override shrink({ value, ...place }: Placed<T>, context: unknown): fc.Stream<fc.Value<Placed<T>>> {
    return this.inner
      .shrink(value, context)
      .map((simpler) => new fc.Value({ ...place, value: simpler.value }, simpler.context));
  }
}

const generatedFrom = <T>(arbitrary: fc.Arbitrary<T>, draws: Draws): fc.Value<T> =>
  arbitrary.generate(new fc.Random(new DrawReader(draws)), draws.bias);

export const valueFrom = <T>(arbitrary: fc.Arbitrary<T>, draws: Draws): T =>
  generatedFrom(arbitrary, draws).value;

const SEED_MAX = 0xffff_ffff;

interface InnerContext<T> {
  readonly placed: Placed<T>;
  readonly context: unknown;
}

/** Generates values from tapes: from a new one for each value, or all from a given one. Shrinks as `inner` does. */
export class DrawnArbitrary<T> extends fc.Arbitrary<Drawn<T>> {
  constructor(
    private readonly inner: fc.Arbitrary<Placed<T>>,
    private readonly given?: Draws,
  ) {
    super();
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Drawn<T>> {
    const draws = this.given ?? { spans: [{ from: 0, seed: random.nextInt(0, SEED_MAX), at: 0 }], bias };
    const { value, context } = generatedFrom(this.inner, draws);
    const { from, to } = value;
    return new fc.Value(
      { value: value.value, draws: beginningAt(draws, from), length: to - from },
      { placed: value, context },
    );
  }

  override canShrinkWithoutContext(_value: unknown): _value is Drawn<T> {
    return false; // only what was drawn here is shrunk here
  }

  override shrink({ draws, length }: Drawn<T>, context: unknown): fc.Stream<fc.Value<Drawn<T>>> {
    const { placed, context: inner } = context as InnerContext<T>; // as made here, above and below
    return this.inner
      .shrink(placed, inner)
      .map(
        (simpler) =>
          new fc.Value(
            { draws, length, value: simpler.value.value },
            { placed: simpler.value, context: simpler.context },
          ),
      );
  }
}

/** More changes than these on top of each other leave nothing of the first tape. */
const SPANS_MAX = 48;

/** The same draws with other ones from a place on, up to `to` (exclusive). Default: from there on all are new. */
export const redrawn = (draws: Draws, from: number, seed: number, to?: number): Draws => {
  const before = draws.spans.filter((span) => span.from < from);
  const hasRest = to !== undefined && draws.spans.length < SPANS_MAX;
  const after = hasRest ? [spanAt(draws, to), ...draws.spans.filter((span) => span.from > to)] : [];
  return { ...draws, spans: [...before, { from, seed, at: from }, ...after] };
};

/** The same draws, in which those from `from` up to `to` (exclusive) come again at `place`, which is behind them. */
export const repeated = (draws: Draws, from: number, to: number, place: number): Draws => {
  const end = place + to - from;
  const within = draws.spans
    .filter((span) => span.from > from && span.from < to)
    .map((span) => ({ ...span, from: span.from - from + place }));
  const spans = [
    ...draws.spans.filter((span) => span.from < place),
    { ...spanAt(draws, from), from: place },
    ...within,
    spanAt(draws, end),
    ...draws.spans.filter((span) => span.from > end),
  ];
  return spans.length > SPANS_MAX ? draws : { ...draws, spans };
};
