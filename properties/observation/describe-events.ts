/** How stories speak of commands and events: never by an identifier that only the suite knows. */
import { commandAt } from '../../sim/story/conversation.js';
import type { PromisedEvent } from './observation.js';

export { commandAt, counted } from '../../sim/story/conversation.js';

const NAME_CHARACTERS = 40;

/** A stream's name, cut where it is long. */
export const nameOf = (stream: string): string =>
  stream.length <= NAME_CHARACTERS ? stream : `${stream.slice(0, NAME_CHARACTERS - 1)}…`;

/** An event in a sentence: 'opened (event 1 of account-a, position 1 of the log)'. */
export const told = ({ type, streamName, streamPosition, globalPosition }: PromisedEvent): string =>
  `${type} (event ${streamPosition} of ${nameOf(streamName)}, position ${globalPosition} of the log)`;

/** What is known of a batch by its id, as `batchOf` gave it: 'the batch of the third command'. */
export const batchTold = (id: string): string => {
  const index = /^command-(\d+)$/.exec(id)?.[1];
  return index === undefined ? `batch ${id}` : `the batch of ${commandAt(Number(index))}`;
};

/** An event by its message id, as `batchOf` gave it: 'event 2 of the third command', 'the event of the third command'. */
export const eventOf = (messageId: string): string => {
  const [, index, rest = ''] = /^command-(\d+)\/(.*)$/.exec(messageId) ?? [];
  if (index === undefined) return `event ${messageId}`;
  const command = commandAt(Number(index));
  const writer = /^writer-(\d+)$/.exec(rest)?.[1];
  if (writer !== undefined) return `the event of writer ${Number(writer) + 1} of ${command}`;
  const [, place, size] = /^(\d+)of(\d+)$/.exec(rest) ?? [];
  if (place === undefined) return `an event of ${command}`;
  return size === '1' ? `the event of ${command}` : `event ${place} of ${command}`;
};

/** How a suite tells its commands and their answers. */
export interface Words<Command, Result = unknown> {
  /** A command in words, for a story. */
  readonly describe: (command: Command) => string;
  /** A result of `perform` in words. Default: as JSON. */
  describeResult?(result: NonNullable<Result>): string;
}
