/**
 * 7. Per subscriber, first deliveries strictly increase; after a restart delivery starts right after the
 * checkpoint; duplicates lie between the checkpoint and the last delivered.
 */
import { domainPositions, type SubscriberView } from '../observation/observation.js';
import { firstWrong, fromRule } from './rule.js';

const disorder = (
  { name, start, delivered }: SubscriberView,
  domain: readonly number[],
): string | undefined => {
  const expectedFirst = start === 0 ? domain[0] : domain.find((position) => position > start);
  const [first] = delivered;
  if (first !== undefined && first !== expectedFirst) {
    const began = start === 0 ? 'began with the log' : `resumed after position ${start} of the log`;
    return `${name} ${began} and was first handed position ${first}, not ${expectedFirst ?? 'nothing'}`;
  }
  let last = start;
  for (let index = 0; index < delivered.length; index++) {
    const position = delivered[index] ?? 0;
    if (position <= start) return `${name} was handed position ${position}, though it resumed after ${start}`;
    if (position < last && delivered.indexOf(position) === index) {
      return `${name} was handed position ${position} for the first time after position ${last}`;
    }
    last = Math.max(last, position);
  }
  return undefined;
};

/** Checks the order of deliveries to each subscriber, repeats included. */
export const order = fromRule({
  name: 'order',
  statement:
    'Per subscriber first deliveries strictly increase, start right after the checkpoint, and repeats lie between the two.',
  broken: (observation) => {
    const domain = domainPositions(observation);
    return firstWrong(observation.subscribers, (subscriber) => disorder(subscriber, domain));
  },
});
