/** Lanes: the part of the system that each step of a replay belongs to, in the order in which they first act. */
import type { ReplayResult, TraceEntry } from '../sim/result.js';

/** The folder of the file that made the call ('event-store', 'feeder'); a step without a place: its actor. */
export const laneOf = ({ actor, site }: TraceEntry): string => {
  if (actor !== 'program' || site === undefined) return actor;
  const parts = site.file.split(/[\\/]/).filter((part) => part !== '');
  return parts.at(-2) ?? parts.at(-1) ?? actor;
};

/** The client first: what happens is told from its side. */
export const lanesOf = ({ trace }: ReplayResult): readonly string[] => {
  const lanes = [...new Set(trace.map(laneOf))];
  return lanes.includes('client') ? ['client', ...lanes.filter((lane) => lane !== 'client')] : lanes;
};
