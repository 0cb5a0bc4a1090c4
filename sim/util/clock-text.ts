/** Times of the simulated clock, as stories, replays, timelines and errors show them: what the program's `Date.now()` says, in UTC. */

/** `2030-01-01 01:00:00.012`; parts of a millisecond are left out. A time that no date has is the number. */
export const clockText = (ms: number): string => {
  const date = new Date(Math.floor(ms));
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString().replace('T', ' ').replace('Z', '');
};

/** The time of day alone: `01:00:00.012`. */
export const timeOfDayText = (ms: number): string => clockText(ms).replace(/^\S+ (?=\d\d:)/, '');
