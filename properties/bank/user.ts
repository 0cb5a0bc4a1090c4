/** The people in front of the bank: how they send a command, and what they do when they are not sure. */
import type { Attempted, PerformContext } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import {
  type AccountCommand,
  accountEvent,
  accountStream,
  evolve,
  NO_ACCOUNT,
} from '../../src/designs/bank/account.js';
import type {
  AccountView,
  BankSystem,
  CommandResult,
  ExecuteOptions,
} from '../../src/designs/bank/bank-system.js';
import { type BankCommand, describeBankCommand, euros, shortly } from '../arbitraries/bank-commands.js';
import type { UserAttempt } from '../invariants/usable.js';
import { foldedAlong } from '../observation/incremental-fold.js';
import { commandId } from '../observation/logged-events.js';
import { type BankAnswer, type BankHistory, type BankLife, restartBank } from './life.js';

/** The code of the store's ExpectedVersionConflictError. */
const CONFLICT = 'EXPECTED_VERSION_CONFLICT';

/**
 * Reads the account in the read model and sends the command with the version found there. On a conflict it reads
 * again and sends the command with the newer version, unless there is no other customer. So the conflicts that remain
 * are those that no second read resolves.
 */
const sendToAccount = async (
  { bank, isAlone }: BankLife,
  command: AccountCommand,
  index: number,
): Promise<CommandResult> => {
  let seen = -1;
  for (;;) {
    const { version } = await bank.view(command.account);
    try {
      return await bank.execute(command, { commandId: commandId(index), seenVersion: version });
    } catch (error) {
      if (errorCode(error) !== CONFLICT || version === seen || isAlone) throw error;
      seen = version;
      await bank.idle();
    }
  }
};

/** Sends one command, of a customer or of the operator. */
export const sendCommand = async (
  life: BankLife,
  command: BankCommand,
  { index, attempt }: PerformContext,
): Promise<BankAnswer> => {
  if (command.type !== 'restart') return await sendToAccount(life, command, index);
  // A power cut in the middle of a restart has made it one: there is nothing to ask for again.
  if (attempt === 1) await restartBank(life);
  return null;
};

/**
 * Sends a command that was acknowledged again, under its first id. By that the bank knows a command that led to
 * events; one that did not left nothing behind to know it by, and by now there may be something to do.
 */
export const resendCommand = async (
  life: BankLife,
  { command, index, outcome }: Attempted<BankCommand, BankAnswer>,
): Promise<BankAnswer> => {
  const result = outcome.status === 'acknowledged' ? outcome.result : null;
  if (command.type === 'restart' || result?.kind !== 'done') return result;
  return await sendToAccount(life, command, index);
};

/** What the read model shows, in words. */
const inView = (name: string, { account, version }: AccountView): string => {
  if (account === undefined) return `no account ${shortly(name)}`;
  const money = account.status === 'open' ? `${euros(account.cents)} in it` : 'closed';
  return `account ${shortly(name)} (${money}, version ${version})`;
};

/**
 * The command by which a person makes sure that the account is as the log has it: to open an open account, to
 * close a closed one. In a healthy system there is nothing to do then. Undefined for an account that never was.
 */
const needlessCommand = async (bank: BankSystem, account: string): Promise<AccountCommand | undefined> => {
  const { events } = await bank.store.readStream(accountStream(account));
  const now = events.reduce((state, event) => evolve(state, accountEvent(event)), NO_ACCOUNT);
  switch (now.status) {
    case 'none':
      return undefined;
    case 'open':
      return { type: 'open', account, owner: now.owner };
    case 'closed':
      return { type: 'close', account };
  }
};

const attempt = async (
  bank: BankSystem,
  command: AccountCommand,
  did: string,
  options: ExecuteOptions,
): Promise<UserAttempt> => {
  const told = await bank.execute(command, options).catch((error: unknown) => refusal(error));
  const after = await bank.view(command.account);
  const sees = inView(command.account, after);
  if (typeof told === 'string') return { did, sees, outcome: { kind: 'refused', error: told } };
  if (told.kind === 'done') return { did, sees, outcome: { kind: 'done' } };
  return { did, sees, outcome: { kind: 'nothing-to-do', visible: after.version === told.version } };
};

const refusal = (error: unknown): string => {
  if (errorCode(error) === CONFLICT) return `a concurrency error, though nobody else was there`;
  return error instanceof Error ? `an error, ${error.name}: ${error.message}` : String(error);
};

/** Commands that met a conflict which looking again did not help against. */
const spuriousConflicts = foldedAlong<Attempted<BankCommand, BankAnswer>, readonly UserAttempt[]>(
  [],
  (conflicts, { command, outcome }) => {
    if (outcome.status !== 'rejected' || outcome.error.code !== CONFLICT) return conflicts;
    const did = `a customer looked at the account and sent "${describeBankCommand(command)}" with the version seen there`;
    return [...conflicts, { did, sees: '', outcome: { kind: 'refused', error: refusal(outcome.error) } }];
  },
);

/** The account of the last command that may have happened. */
const lastAccount = ({ commands }: BankHistory): string | undefined => {
  const last = commands.findLast(
    ({ command, outcome }) => command.type !== 'restart' && outcome.status !== 'rejected',
  );
  return last === undefined || last.command.type === 'restart' ? undefined : last.command.account;
};

/**
 * The customer of the last command that may have happened tries by hand whether the bank still works: without a
 * version, and with the version that the read model shows. Changes nothing in a healthy bank.
 */
export const tryAgain = async ({ bank }: BankLife, history: BankHistory): Promise<readonly UserAttempt[]> => {
  const conflicts = spuriousConflicts(history.commands);
  const account = lastAccount(history);
  const again = account === undefined ? undefined : await needlessCommand(bank, account);
  if (again === undefined) return conflicts;
  const view = await bank.view(again.account);
  const sees = `the customer sees ${inView(again.account, view)}`;
  const words = describeBankCommand(again);
  return [
    ...conflicts,
    await attempt(bank, again, `${sees} and tries "${words}" once more`, {}),
    await attempt(bank, again, `tried with the version that is shown (${view.version})`, {
      seenVersion: view.version,
    }),
  ];
};
