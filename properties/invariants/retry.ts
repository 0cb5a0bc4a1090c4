/**
 * 5. The same message ids give the same result and no new events.
 *
 * Acts on the system: sends again the oldest and the newest acknowledged command, as a client does that never
 * heard the answer. In a healthy system that changes nothing.
 */
import type { Attempted, Invariant } from '../../sim/suite/suite.js';
import { counted, eventOf, type Words } from '../observation/describe-events.js';
import { firstDifference, inWords } from '../observation/json-diff.js';
import { messageIds, type Observation, type Observe } from '../observation/observation.js';
import { anythingAcknowledged } from './rule.js';

/** How a command is sent a second time, and its words in a story. */
export interface Resend<System, Command, Result = unknown> extends Words<Command, Result> {
  /** Sends a command again under its first identity. Resolves to the result, as `perform` does. */
  readonly resend: (system: System, attempted: Attempted<Command, Result>) => Promise<Result>;
  /** The last position of the log right now. */
  readonly head: (system: System) => number;
}

const repeated = (observation: Observation): string | undefined => {
  const { log } = observation;
  if (messageIds(observation).size === log.length) return undefined;
  const seen = new Set<string>();
  for (const { messageId } of log) {
    if (seen.has(messageId)) return `the log holds ${eventOf(messageId)} twice`;
    seen.add(messageId);
  }
  return undefined;
};

const isAcknowledged = ({ outcome }: Attempted<unknown>): boolean => outcome.status === 'acknowledged';

/** Sends acknowledged commands again and expects the first results and no new event. Acts on the system. */
export const retry = <System, Command, Result = unknown>(
  observe: Observe<System, Command>,
  { resend, head, describe, describeResult = inWords }: Resend<System, Command, Result>,
): Invariant<System, Command, Result> => ({
  name: 'retry',
  statement: 'The same message ids give the same result and no new events.',
  atStake: anythingAcknowledged,
  check: async (history, system) => {
    const twice = repeated(await observe(system, history));
    if (twice !== undefined) return twice;
    const before = head(system);
    const { commands } = history;
    for (const attempted of new Set([commands.find(isAcknowledged), commands.findLast(isAcknowledged)])) {
      if (attempted?.outcome.status !== 'acknowledged') continue;
      const again = await resend(system, attempted);
      const { result } = attempted.outcome;
      const difference = firstDifference(again, result, 'its result');
      if (difference === undefined) continue;
      const [now, then] = [again, result].map((answer) =>
        answer == null ? inWords(answer) : describeResult(answer),
      );
      const { path, left, right } = difference;
      const answers =
        now === then
          ? `${path.replaceAll('.', ' ')} is now ${inWords(left)}, and was ${inWords(right)}`
          : `the answer is now "${now}", and was "${then}"`;
      return `"${describe(attempted.command)}" was sent once more under the same id, as by a client who never heard the answer: ${answers}`;
    }
    const grown = head(system) - before;
    return grown === 0
      ? undefined
      : `commands that had been acknowledged were sent once more under the same ids, as by a client who never heard the answer, and ${counted(grown, 'event')} more ${grown === 1 ? 'is' : 'are'} in the log`;
  },
});
