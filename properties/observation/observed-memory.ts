/**
 * What one life shows to the next: the return value of a suite's `observe`, and its reading.
 *
 * A power cut takes the program's memory, not that of the people who looked: what they saw must stay true.
 */
import { foldedAlong } from './incremental-fold.js';
import type { LoggedEvent, Observation } from './observation.js';

export interface Memory {
  /** Each domain event that was seen, as {@link textOf} writes it. One text, as that is quickly kept, compared and hashed. */
  readonly events: string;
  /** The last checkpoint that was seen of each feeder. */
  readonly checkpoints: readonly (readonly [feeder: string, position: number])[];
}

/** The position, and the message id behind its length, so that nothing in an id can be mistaken. */
const textOf = ({ globalPosition, messageId }: LoggedEvent): string =>
  `${globalPosition}:${messageId.length}:${messageId};`;

const textOfLog = foldedAlong('', (text: string, event: LoggedEvent) =>
  event.system ? text : text + textOf(event),
);

/** What the next life will be held against. */
export const remember = ({ log, checkpoints }: Observation) => ({
  events: textOfLog(log),
  checkpoints: checkpoints.map(({ feeder, writes }) => [feeder, writes.at(-1)?.position ?? 0] as const),
});

const NOTHING: Memory = { events: '', checkpoints: [] };

/** Reads back what {@link remember} wrote; nothing at all before the first crash. */
export const remembered = (observed: unknown): Memory =>
  observed === undefined ? NOTHING : (observed as Memory); // JSON written by `remember` alone, and carried by the simulator untouched

/** Whether a log begins with the very events that were seen, so that nothing of them is gone and nothing has come between. */
export const beginsAsSeen = ({ log }: Pick<Observation, 'log'>, { events }: Memory): boolean =>
  textOfLog(log).startsWith(events);

/** The events that were seen, by position. */
export const eventsSeen = ({ events }: Memory): ReadonlyMap<number, string> => {
  const seen = new Map<number, string>();
  for (let at = 0; at < events.length; ) {
    const [all, position, length] = /(\d+):(\d+):/y.exec(events.slice(at)) ?? ['', '', ''];
    const start = at + all.length;
    seen.set(Number(position), events.slice(start, start + Number(length)));
    at = start + Number(length) + 1;
  }
  return seen;
};
