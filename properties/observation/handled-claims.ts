/** What the result of a command handler promises, as a history holds it: its bigints are digits. */
import type { Attempted, Json } from '../../sim/suite/suite.js';
import { isRecord } from '../../sim/util/is-record.js';
import type { Claim, PromisedEvent } from './observation.js';

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;

const promisedBy = (result: unknown, command: number): readonly PromisedEvent[] => {
  if (!isRecord(result)) return [];
  const { streamName, newEvents } = result;
  const version = numberIn(result.nextExpectedStreamVersion);
  const position = numberIn(result.lastEventGlobalPosition);
  if (typeof streamName !== 'string' || !Array.isArray(newEvents)) return [];
  if (version === undefined || position === undefined) return [];
  return newEvents.filter(isRecord).map((event, index): PromisedEvent => {
    const fromEnd = newEvents.length - 1 - index;
    return {
      type: String(event.type),
      // A history holds JSON only.
      data: event.data as Json,
      ...(typeof event.messageId === 'string' ? { messageId: event.messageId } : {}),
      streamName,
      streamPosition: version - fromEnd,
      globalPosition: position - fromEnd,
      command,
    };
  });
};

/** The claim of a command whose result has the fields of a `HandledCommand`; one without events for any other result. */
export const claimOfHandled = ({ index, outcome }: Attempted<unknown, unknown>): Claim => ({
  command: index,
  status: outcome.status,
  events: outcome.status === 'acknowledged' ? promisedBy(outcome.result, index) : [],
});
