/**
 * Labelled seeded streams: one per concern, so that a new draw in one concern shifts no other.
 * Every random number of the simulator comes from here.
 */
import seedrandom from 'seedrandom';

/** The concerns that draw. */
export type StreamLabel =
  | 'disk'
  | 'schedule'
  | 'fault'
  | 'workload'
  | 'program'
  | 'swarm'
  | 'crash'
  | 'kill'
  | 'clock'
  | 'guide';

export interface Stream {
  /** A whole number, uniform in [0, 2^32). */
  uint32(): number;
  /** A whole number, uniform in [0, bound). */
  below(bound: number): number;
}

/** The stream of one concern. `seed` is whatever it must be a function of: a campaign's seed, a state's key. */
export const stream = (seed: number | string, label: StreamLabel): Stream => {
  // Made at the first draw: most lives never draw, and a generator costs more than a small step.
  let generator: seedrandom.PRNG | undefined;
  const uint32 = (): number => {
    generator ??= seedrandom.alea(`${label}:${seed}`);
    return generator.int32() >>> 0;
  };
  return { uint32, below: (bound) => Math.floor((uint32() / 0x100000000) * bound) };
};

/** A version 4 UUID made of a stream's draws. */
export const uuid = (source: Pick<Stream, 'uint32'>): string => {
  const hex = [0, 0, 0, 0].map(() => source.uint32().toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};
