/** Small observations and histories for the tests of the invariants, each said in one line. */
import type { History, Invariant } from '../../sim/suite/suite.js';
import {
  type LoggedEvent,
  NOTHING_OBSERVED,
  type Observation,
  type SubscriberView,
} from '../observation/observation.js';

/** Event `e<position>` of stream `s`, at the same position in the stream and in the log. */
export const event = (position: number, changes: Partial<LoggedEvent> = {}): LoggedEvent => ({
  globalPosition: position,
  streamName: 's',
  streamPosition: position,
  messageId: `e${position}`,
  type: 'Happened',
  data: { n: position },
  system: false,
  ...changes,
});

/** A subscriber that handled everything up to `reached`, in this life. */
export const subscriber = (reached: number, changes: Partial<SubscriberView> = {}): SubscriberView => {
  const delivered = Array.from({ length: reached }, (_, index) => index + 1);
  return {
    name: 'letters',
    durability: 'outside',
    start: 0,
    appliedAtStart: 0,
    lag: 0,
    delivered,
    handled: new Set(delivered),
    ...changes,
  };
};

export const emptyHistory: History<unknown> = {
  commands: [],
  effects: [],
  effectCounts: [],
  observed: undefined,
  crashes: 0,
};

/** What an invariant says of an observation. */
export const judged = async (
  make: (observe: () => Observation) => Invariant<object, unknown>,
  observation: Partial<Observation>,
  history: Partial<History<unknown>> = {},
): Promise<string | undefined> => {
  const answer = await make(() => ({ ...NOTHING_OBSERVED, ...observation })).check(
    { ...emptyHistory, ...history },
    {},
    'recovered',
  );
  return typeof answer === 'object' ? answer.message : answer;
};
