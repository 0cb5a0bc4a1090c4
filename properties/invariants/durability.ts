/** 1. Every acknowledged append is present and unchanged after any crash. */
import { firstDifference, inWords } from '../json.js';
import type { LoggedEvent } from '../observation.js';
import { firstWrong, fromRule, told } from './rule.js';

const changed = (promised: LoggedEvent, found: LoggedEvent): string | undefined => {
  if (found.messageId !== promised.messageId) return `${told(found)} stands in its place`;
  if (found.streamName !== promised.streamName || found.streamPosition !== promised.streamPosition) {
    return `it is now position ${found.streamPosition} of stream ${found.streamName}`;
  }
  if (found.type !== promised.type) return `its type is now ${found.type}`;
  const difference = firstDifference(found.data, promised.data, 'data');
  if (difference === undefined) return undefined;
  return `its ${difference.path} is now ${inWords(difference.left)}, not ${inWords(difference.right)}`;
};

export const durability = fromRule({
  name: 'durability',
  statement: 'Every acknowledged append is present and unchanged after any crash.',
  broken: ({ claims, log }) => {
    const byPosition = new Map(log.map((event) => [event.globalPosition, event]));
    const promised = claims.flatMap((claim) => (claim.status === 'acknowledged' ? claim.events : []));
    return firstWrong(promised, (event) => {
      const found = byPosition.get(event.globalPosition);
      if (found === undefined) return `${told(event)} was acknowledged and is not in the log`;
      const change = changed(event, found);
      return change && `${told(event)} was acknowledged, but ${change}`;
    });
  },
});
