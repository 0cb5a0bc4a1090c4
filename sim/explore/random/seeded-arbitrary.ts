/**
 * Values that are drawn whole from one seed, and shrink as what they are: another seed is no simpler value. Every draw is
 * made before the run that uses it, so that fast-check can walk the same way of shrinking twice.
 */
import * as fc from 'fast-check';

const SEED_MAX = 0xffff_ffff;

export class SeededArbitrary<T> extends fc.Arbitrary<T> {
  /**
   * @param draw a pure function of the seed
   * @param simpler every value that is one step simpler, the boldest step first
   */
  constructor(
    private readonly draw: (seed: number) => T,
    private readonly simpler: (value: T) => IterableIterator<T>,
  ) {
    super();
  }

  override generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.draw(random.nextInt(0, SEED_MAX)), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return false; // only what was drawn here is shrunk here
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return fc.stream(this.simpler(value)).map((simpler) => new fc.Value(simpler, undefined));
  }
}
