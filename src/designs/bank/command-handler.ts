/**
 * The command handler: loads the account's stream, decides, and saves. It is the same in all designs, and knows
 * nothing of listeners: the caller gets the recorded events, and the design says what to do with them.
 */
import type { Environment } from '../../environment.js';
import { ExpectedVersionConflictError } from '../../event-store/errors.js';
import {
  type EventData,
  globalPosition,
  type RecordedEvent,
  streamVersion,
} from '../../event-store/event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { numberOf } from '../../event-store/position.js';
import {
  type Account,
  type AccountCommand,
  accountEvent,
  accountStream,
  decide,
  evolve,
  NO_ACCOUNT,
} from './account.js';
import type { CommandResult, ExecuteOptions } from './bank-system.js';

/** What there is to do about a command, given the account as it is. */
export type Decision =
  /** Nothing: it was done before, under the same id, or the account is so already. */
  | { readonly kind: 'settled'; readonly result: CommandResult }
  | {
      readonly kind: 'save';
      readonly streamName: string;
      readonly version: bigint;
      readonly events: readonly EventData[];
    };

export interface Handled {
  readonly result: CommandResult;
  /** What was saved for it just now. */
  readonly events: readonly RecordedEvent[];
}

/** Reads the account and decides. Saves nothing. @throws ExpectedVersionConflictError @throws CommandRejectedError */
export const consider = async (
  env: Environment,
  store: EventStore,
  command: AccountCommand,
  { commandId = env.random.uuid(), seenVersion }: ExecuteOptions,
): Promise<Decision> => {
  const streamName = accountStream(command.account);
  const { events, currentStreamVersion } = await store.readStream(streamName);
  // The request's own events come first: a repeat is answered as it was the first time, however things stand now.
  const earlier = events.findLast(({ metadata }) => commandOf(metadata.messageId) === commandId);
  if (earlier !== undefined) return { kind: 'settled', result: done(earlier) };
  if (seenVersion !== undefined && BigInt(seenVersion) !== currentStreamVersion) {
    throw new ExpectedVersionConflictError(streamName, BigInt(seenVersion), currentStreamVersion);
  }
  let account: Account = NO_ACCOUNT;
  for (const event of events) account = evolve(account, accountEvent(event));
  const decided = decide(account, command);
  if (decided.length === 0) {
    return { kind: 'settled', result: { kind: 'nothing-to-do', version: Number(currentStreamVersion) } };
  }
  const named = decided.map((event, index) => ({ ...event, messageId: messageIdOf(commandId, index) }));
  return { kind: 'save', streamName, version: currentStreamVersion, events: named };
};

/** The ids of a command's events follow from its own: so the store, too, knows a repeat. */
const messageIdOf = (commandId: string, index: number): string => `${commandId}/${index}`;
const commandOf = (messageId: string): string => messageId.slice(0, messageId.lastIndexOf('/'));

/** How often a command without a version is decided again because another came between. */
const DECISIONS_MAX = 16;

/** Decides a command and saves its events: one append. @throws ExpectedVersionConflictError @throws CommandRejectedError */
export const handleCommand = async (
  env: Environment,
  store: EventStore,
  command: AccountCommand,
  options: ExecuteOptions = {},
): Promise<Handled> => {
  const { commandId = env.random.uuid() } = options;
  for (let round = 1; ; round++) {
    const decision = await consider(env, store, command, { ...options, commandId });
    if (decision.kind === 'settled') return { result: decision.result, events: [] };
    const { streamName, events, version } = decision;
    try {
      const { lastEventGlobalPosition } = await store.appendToStream(streamName, events, {
        expectedStreamVersion: version,
      });
      return handled(decision, numberOf(lastEventGlobalPosition));
    } catch (error) {
      const mayDecideAnew = options.seenVersion === undefined && round < DECISIONS_MAX;
      if (!(error instanceof ExpectedVersionConflictError && mayDecideAnew)) throw error;
    }
  }
};

/** The decision as it is once saved, its last event being at `lastPosition`: the positions of a batch are contiguous. */
export const handled = (decision: Decision & { readonly kind: 'save' }, lastPosition: number): Handled => {
  const { streamName, events, version } = decision;
  const recorded = events.map(
    ({ messageId = '', ...event }, index): RecordedEvent => ({
      ...event,
      metadata: {
        messageId,
        streamName,
        streamPosition: streamVersion(version + BigInt(index + 1)),
        globalPosition: globalPosition(lastPosition - events.length + index + 1),
      },
    }),
  );
  const last = recorded.at(-1);
  if (last === undefined) throw new RangeError('a decision to save has at least one event');
  return { result: done(last), events: recorded };
};

const done = ({ metadata }: RecordedEvent): CommandResult => ({
  kind: 'done',
  version: Number(metadata.streamPosition),
  position: numberOf(metadata.globalPosition),
});
