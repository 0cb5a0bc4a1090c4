/**
 * The bank's command handler: loads the account's stream, decides, and saves. It is the same in all designs, and knows
 * nothing of listeners: the caller gets the recorded events, and the design says what to do with them.
 */
import { commandHandler } from '../../command-handler/command-handler.js';
import {
  type Decision,
  decideOnStream,
  type HandledCommand,
  type HandleOptions,
} from '../../command-handler/decide-on-stream.js';
import type { Decider } from '../../command-handler/decider.js';
import type { Environment } from '../../environment.js';
import { globalPosition, type RecordedEvent, streamVersion } from '../../event-store/event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { numberOf } from '../../event-store/position.js';
import {
  type Account,
  type AccountCommand,
  type AccountEvent,
  accountStream,
  decide,
  evolve,
  NO_ACCOUNT,
} from './account.js';
import type { CommandResult, ExecuteOptions } from './bank-system.js';

const decider: Decider<Account, AccountCommand, AccountEvent> = {
  decide: (command, account) => decide(account, command),
  evolve,
  initialState: () => NO_ACCOUNT,
};

const handleOnStream = commandHandler(decider);

/** What there is to do about a command, given the account as it is. */
export type BankDecision = Decision<Account, AccountEvent>;

export interface Handled {
  readonly result: CommandResult;
  /** What was saved for it just now. */
  readonly events: readonly RecordedEvent[];
}

const optionsOf = (
  env: Environment,
  { commandId = env.random.uuid(), seenVersion }: ExecuteOptions,
): HandleOptions => ({
  commandId,
  ...(seenVersion === undefined ? {} : { expectedStreamVersion: BigInt(seenVersion) }),
});

/** Reads the account and decides. Saves nothing. @throws ExpectedVersionConflictError @throws CommandRejectedError */
export const consider = (
  env: Environment,
  store: EventStore,
  command: AccountCommand,
  options: ExecuteOptions,
): Promise<BankDecision> =>
  decideOnStream(decider, store, accountStream(command.account), command, optionsOf(env, options));

/** {@link handleCommand} for designs whose listeners read the log: only the answer. */
export const executeCommand = async (
  env: Environment,
  store: EventStore,
  command: AccountCommand,
  options: ExecuteOptions = {},
): Promise<CommandResult> =>
  resultOf(await handleOnStream(store, accountStream(command.account), command, optionsOf(env, options)));

/** Decides a command and saves its events: one append. @throws ExpectedVersionConflictError @throws CommandRejectedError */
export const handleCommand = async (
  env: Environment,
  store: EventStore,
  command: AccountCommand,
  options: ExecuteOptions = {},
): Promise<Handled> => {
  const streamName = accountStream(command.account);
  const handled = await handleOnStream(store, streamName, command, optionsOf(env, options));
  return {
    result: resultOf(handled),
    events: handled.outcome === 'appended' ? recordedEvents(streamName, handled) : [],
  };
};

/** The answer to the sender of the command. */
export const resultOf = ({
  outcome,
  nextExpectedStreamVersion,
  lastEventGlobalPosition,
}: Pick<
  HandledCommand<Account, AccountEvent>,
  'outcome' | 'nextExpectedStreamVersion' | 'lastEventGlobalPosition'
>): CommandResult => {
  const version = Number(nextExpectedStreamVersion);
  if (outcome === 'nothing-to-do') return { kind: 'nothing-to-do', version };
  return { kind: 'done', version, position: numberOf(lastEventGlobalPosition) };
};

/** The events as the store recorded them: the positions of a batch are contiguous. */
export const recordedEvents = (
  streamName: string,
  {
    newEvents,
    nextExpectedStreamVersion,
    lastEventGlobalPosition,
  }: Pick<
    HandledCommand<Account, AccountEvent>,
    'newEvents' | 'nextExpectedStreamVersion' | 'lastEventGlobalPosition'
  >,
): readonly RecordedEvent[] =>
  newEvents.map(({ messageId = '', ...event }, index): RecordedEvent => {
    const fromEnd = newEvents.length - 1 - index;
    return {
      ...event,
      metadata: {
        messageId,
        streamName,
        streamPosition: streamVersion(nextExpectedStreamVersion - BigInt(fromEnd)),
        globalPosition: globalPosition(numberOf(lastEventGlobalPosition) - fromEnd),
      },
    };
  });
