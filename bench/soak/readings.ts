/** What a working process held over its life, and whether that is flat: the bounds that the soak holds it to. */

export interface Reading {
  /** Milliseconds since the life began. */
  readonly ageMs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
  /** In the log, then. */
  readonly events: number;
}

const MiB = 1024 * 1024;
/** Files that are open for a moment: sealed segments that are read, a new segment, a directory being synced. */
const DESCRIPTORS_SPARE = 16;
/** A process is warm when it is this old: before, the compiler and the caches still fill up. */
const WARM_MS = 3000;
/** What a collector may leave lying about from one look to the next. */
const RSS_SPARE_BYTES = 64 * MiB;
/** What the store may hold for each event in its log. */
const EVENT_BYTES = 150;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** The medians of the first and of the last quarter. */
const ends = (readings: readonly Reading[], of: (reading: Reading) => number): readonly [number, number] => {
  const quarter = Math.max(1, Math.floor(readings.length / 4));
  return [median(readings.slice(0, quarter).map(of)), median(readings.slice(-quarter).map(of))];
};

const creep = (what: string, readings: readonly Reading[]): string | undefined => {
  if (readings.length < 8) return undefined;
  const [young, old] = ends(readings, ({ rssBytes }) => rssBytes);
  const [few, many] = ends(readings, ({ events }) => events);
  const allowed = RSS_SPARE_BYTES + EVENT_BYTES * (many - few);
  if (old - young <= allowed) return undefined;
  return `memory ${what} creeps: from ${Math.round(young / MiB)} to ${Math.round(old / MiB)} MB while the log grew by ${many - few} events`;
};

/** What is not flat, in a sentence; undefined when all is. */
export const isFlat = (lives: readonly (readonly Reading[])[]): string | undefined => {
  const first = lives[0]?.[0]?.descriptors ?? 0;
  const peak = Math.max(...lives.flat().map(({ descriptors }) => descriptors));
  if (peak > first + DESCRIPTORS_SPARE) return `descriptors rose from ${first} to ${peak}`;
  const warm = lives.map((life) => life.filter(({ ageMs }) => ageMs >= WARM_MS));
  for (const life of warm) {
    const within = creep('within one life', life);
    if (within !== undefined) return within;
  }
  return creep('from life to life', warm.flat());
};
