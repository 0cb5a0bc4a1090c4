/**
 * What one life shows to the next: the return value of a suite's `observe`, and its reading.
 *
 * A power cut takes the program's memory, not that of the people who looked: what they saw must stay true.
 */
import type { Json } from '../sim/suite.js';
import { domainEvents, type Observation } from './observation.js';

export interface Memory {
  /** Position in the log and message id of each domain event that was seen. */
  readonly events: readonly (readonly [position: number, messageId: string])[];
  /** The last checkpoint that was seen of each feeder. */
  readonly checkpoints: readonly (readonly [feeder: string, position: number])[];
}

/** What the next life will be held against. */
export const remember = (observation: Observation): Json => ({
  events: domainEvents(observation).map((event) => [event.globalPosition, event.messageId]),
  checkpoints: observation.checkpoints.map(({ feeder, writes }) => [feeder, writes.at(-1)?.position ?? 0]),
});

/** Reads back what {@link remember} wrote; nothing at all before the first crash. */
export const remembered = (observed: Json | undefined): Memory =>
  observed === undefined ? { events: [], checkpoints: [] } : (observed as unknown as Memory); // JSON written by `remember` alone, and carried by the simulator untouched
