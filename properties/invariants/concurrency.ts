/** 4. Of N appends with the same expected version exactly one succeeds; a rejected append leaves no trace. */

import { commandAt, eventOf, told } from '../observation/describe-events.js';
import { foldedAlong } from '../observation/incremental-fold.js';
import { type Claim, messageIds, type Race } from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

/** Checks every race: one winner, and no event of a loser in the log. */
export const concurrency = fromRule({
  name: 'concurrency',
  statement:
    'Of several appends with the same expected version exactly one succeeds, and a rejected append leaves no trace.',
  broken: (observation) => {
    const { claims, log, races } = observation;
    const rejected = rejectedIn(claims);
    const trace =
      rejected.size === 0
        ? undefined
        : log.find(({ command }) => command !== undefined && rejected.has(command));
    if (trace !== undefined)
      return `${commandAt(trace.command ?? 0)} was refused, yet the log holds ${told(trace)}`;
    return firstWrong(races, (race) => ambiguous(race, messageIds(observation)));
  },
});

const rejectedIn = foldedAlong(
  new Set<number>(),
  (rejected: ReadonlySet<number>, { status, command }: Claim) =>
    status === 'rejected' ? new Set(rejected).add(command) : rejected,
);

/** Where the answers are known exactly one won and only its event is there; where they are not, at most one is. */
const ambiguous = (
  { streamName, contenders }: Race,
  logged: ReadonlyMap<string, number>,
): string | undefined => {
  const winners = contenders.filter(({ succeeded }) => succeeded === true).length;
  const answered = contenders.every(({ succeeded }) => succeeded !== undefined);
  if (answered && winners !== 1) {
    return `${winners} of ${contenders.length} appends to ${streamName} that expected the same version succeeded`;
  }
  const loser = contenders.find(({ messageId, succeeded }) => succeeded === false && logged.has(messageId));
  if (loser !== undefined)
    return `${eventOf(loser.messageId)}, to ${streamName}, was refused, yet the log holds it`;
  const present = contenders
    .filter(({ messageId }) => logged.has(messageId))
    .map(({ messageId }) => eventOf(messageId));
  return present.length <= 1
    ? undefined
    : `the log holds ${present.join(' and ')}, which both expected the same version of ${streamName}`;
};
