/**
 * 8. At every crash point, durable checkpoint <= the least contiguous durably applied position of all
 * handlers, and <= head.
 *
 * A life starts from the state that the crash left. So each crash point is judged by the position at which the next
 * life began to deliver. The trap is a durable checkpoint over a volatile read model: after a restart the model is
 * empty, and a feeder that trusts the checkpoint skips its past.
 */
import { firstWrongAlong } from '../observation/incremental-fold.js';
import {
  type CheckpointView,
  type CheckpointWrite,
  domainEvents,
  type LoggedEvent,
  type SubscriberView,
} from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

type Skips = (subscriber: SubscriberView) => string | undefined;

const upTo = (position: number): string =>
  position === 0 ? 'nothing yet' : `only what is up to ${position}`;

/** Delivery that begins past what a handler has durably applied skips what lies between. */
const skipped =
  (events: readonly LoggedEvent[]): Skips =>
  ({ name, start, appliedAtStart, durability }) => {
    if (start <= appliedAtStart) return undefined;
    const first = events.find(({ globalPosition: at }) => at > appliedAtStart && at <= start);
    if (first === undefined) return undefined;
    const kept =
      durability === 'volatile'
        ? 'is volatile and started empty'
        : `had durably applied ${upTo(appliedAtStart)}`;
    return `delivery to ${name} began after position ${start} of the log, though it ${kept}: position ${first.globalPosition} is skipped`;
  };

/** A volatile handler starts from nothing in every life, and no checkpoint speaks for it. */
const ahead =
  ({ feeder, atStart, subscribers }: CheckpointView, events: readonly LoggedEvent[]): Skips =>
  ({ name, durability, appliedAtStart }) => {
    if (durability === 'volatile' || atStart <= appliedAtStart || !subscribers.includes(name))
      return undefined;
    const unapplied = events.some(({ globalPosition: at }) => at > appliedAtStart && at <= atStart);
    return unapplied
      ? `the checkpoint of ${feeder} stood at ${atStart}, but ${name} had durably applied ${upTo(appliedAtStart)}`
      : undefined;
  };

const notYetWritten = ({ feeder, writes }: CheckpointView): string | undefined => {
  const beyond = firstBeyond(writes)?.wrong;
  return (
    beyond &&
    `the checkpoint of ${feeder} names position ${beyond.position} of the log, which did not exist yet: the checkpoint itself was written at ${beyond.globalPosition}`
  );
};

const firstBeyond = firstWrongAlong<CheckpointWrite>((write) => write.position >= write.globalPosition);

/** Compares each checkpoint with the positions that its subscribers applied durably, and with the log's head. */
export const checkpointSafety = fromRule({
  name: 'checkpoint-safety',
  statement:
    'A durable checkpoint is never ahead of what every handler has durably applied, nor ahead of the log.',
  broken: (observation) => {
    const { subscribers, checkpoints } = observation;
    const events = domainEvents(observation);
    return (
      firstWrong(subscribers, skipped(events)) ??
      firstWrong(checkpoints, (view) => firstWrong(subscribers, ahead(view, events)) ?? notYetWritten(view))
    );
  },
});
