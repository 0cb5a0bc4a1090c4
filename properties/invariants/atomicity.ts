/**
 * 2. A batch is wholly present or wholly absent; an `unknown` one may be either, and never flips later.
 *
 * "Never flips" is judged against what an earlier life showed: an event that a reader once saw in the log
 * is in the log for good, at the same position.
 */

import { batchTold, eventOf } from '../observation/describe-events.js';
import { following } from '../observation/incremental-fold.js';
import { eventsByPosition, type LoggedEvent } from '../observation/observation.js';
import { beginsAsSeen, eventsSeen, remembered } from '../observation/observed-memory.js';
import { firstWrong, fromRule } from './rule.js';

const batchesAlong = (): ((
  log: readonly LoggedEvent[],
) => ReadonlyMap<string, { size: number; present: number }>) => {
  const batches = new Map<string, { size: number; present: number }>();
  return following({
    enter: ({ batch }) => {
      if (batch === undefined) return undefined;
      const known = batches.get(batch.id) ?? { size: batch.size, present: 0 };
      batches.set(batch.id, known);
      known.present++;
      return () => {
        known.present--;
        if (known.present === 0) batches.delete(batch.id);
      };
    },
    made: () => batches,
  });
};

const batchesOf = batchesAlong();

const inItsPlace = (found: LoggedEvent | undefined): string =>
  found === undefined ? 'nothing' : eventOf(found.messageId);

export const atomicity = fromRule({
  name: 'atomicity',
  statement:
    'A batch is wholly present or wholly absent; an unknown one may be either, and never changes its mind later.',
  broken: (observation, history) => {
    const { log } = observation;
    const partial = firstWrong(batchesOf(log), ([id, { size, present }]) =>
      present === size ? undefined : `the log holds ${present} of the ${size} events of ${batchTold(id)}`,
    );
    if (partial !== undefined) return partial;
    const seen = remembered(history.observed);
    if (beginsAsSeen(observation, seen)) return undefined;
    const events = eventsByPosition(observation);
    return firstWrong(eventsSeen(seen), ([position, messageId]) =>
      events.get(position)?.messageId === messageId
        ? undefined
        : `an earlier life showed ${eventOf(messageId)} at position ${position} of the log; now there is ${inItsPlace(events.get(position))}`,
    );
  },
});
