/**
 * The account: which commands there are, which events they lead to, and the pure decision between them.
 * Amounts are whole cents. A decision without events means that the account already is as asked.
 */
import type { EventData, RecordedEvent } from '../../event-store/event.js';

export type AccountCommand =
  | { readonly type: 'open'; readonly account: string; readonly owner: string }
  | { readonly type: 'deposit'; readonly account: string; readonly cents: number }
  | { readonly type: 'withdraw'; readonly account: string; readonly cents: number }
  /** Pays out what is left, and closes: two events in one batch, unless the account is empty. */
  | { readonly type: 'close'; readonly account: string };

export type AccountEvent =
  | { readonly type: 'opened'; readonly data: { readonly account: string; readonly owner: string } }
  | { readonly type: 'deposited'; readonly data: { readonly account: string; readonly cents: number } }
  | { readonly type: 'withdrawn'; readonly data: { readonly account: string; readonly cents: number } }
  | { readonly type: 'closed'; readonly data: { readonly account: string; readonly owner: string } };

export type Account =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly owner: string; readonly cents: number }
  | { readonly status: 'closed'; readonly owner: string };

/** Why the bank refuses a command. Stable. */
export type RejectionCode =
  | 'ACCOUNT_NOT_OPEN'
  | 'ACCOUNT_CLOSED'
  | 'ACCOUNT_TAKEN'
  | 'INSUFFICIENT_FUNDS'
  | 'INVALID_AMOUNT';

/** The bank refuses a command; nothing was saved. */
export class CommandRejectedError extends Error {
  override readonly name = 'CommandRejectedError';
  constructor(
    readonly code: RejectionCode,
    message: string,
  ) {
    super(message);
  }
}

export const NO_ACCOUNT: Account = { status: 'none' };

/** The stream of an account's events. */
export const accountStream = (account: string): string => `account-${account}`;

/**
 * Reads a recorded event of an account stream as what it is. Account streams are written by {@link decide}
 * alone, so the shape of the data follows from the type.
 */
export const accountEvent = (event: EventData | RecordedEvent): AccountEvent => event as AccountEvent;

/** The account after one more event. */
export const evolve = (account: Account, event: AccountEvent): Account => {
  switch (event.type) {
    case 'opened':
      return { status: 'open', owner: event.data.owner, cents: 0 };
    case 'deposited':
      return account.status === 'open' ? { ...account, cents: account.cents + event.data.cents } : account;
    case 'withdrawn':
      return account.status === 'open' ? { ...account, cents: account.cents - event.data.cents } : account;
    case 'closed':
      return { status: 'closed', owner: event.data.owner };
  }
};

/** What a command leads to. Pure. @throws CommandRejectedError */
export const decide = (account: Account, command: AccountCommand): readonly AccountEvent[] => {
  switch (command.type) {
    case 'open':
      return decideOpen(account, command.account, command.owner);
    case 'deposit': {
      const { cents } = openAccount(account, command);
      requireAmount(command.cents, Number.MAX_SAFE_INTEGER - cents);
      return [{ type: 'deposited', data: { account: command.account, cents: command.cents } }];
    }
    case 'withdraw': {
      const { cents } = openAccount(account, command);
      requireAmount(command.cents, Number.MAX_SAFE_INTEGER);
      if (command.cents > cents) {
        throw new CommandRejectedError(
          'INSUFFICIENT_FUNDS',
          `account ${command.account} holds ${cents} cents, the command needs ${command.cents}`,
        );
      }
      return [{ type: 'withdrawn', data: { account: command.account, cents: command.cents } }];
    }
    case 'close': {
      if (account.status === 'closed') return [];
      const { cents, owner } = openAccount(account, command);
      const closed: AccountEvent = { type: 'closed', data: { account: command.account, owner } };
      if (cents === 0) return [closed];
      return [{ type: 'withdrawn', data: { account: command.account, cents } }, closed];
    }
  }
};

const decideOpen = (account: Account, name: string, owner: string): readonly AccountEvent[] => {
  if (account.status === 'none') return [{ type: 'opened', data: { account: name, owner } }];
  if (account.owner !== owner) {
    throw new CommandRejectedError('ACCOUNT_TAKEN', `account ${name} belongs to someone else`);
  }
  if (account.status === 'closed') {
    throw new CommandRejectedError('ACCOUNT_CLOSED', `account ${name} was closed and can't be opened again`);
  }
  return [];
};

const openAccount = (
  account: Account,
  command: AccountCommand,
): { readonly owner: string; readonly cents: number } => {
  if (account.status === 'open') return account;
  const code = account.status === 'none' ? 'ACCOUNT_NOT_OPEN' : 'ACCOUNT_CLOSED';
  throw new CommandRejectedError(code, `account ${command.account} is not open: can't ${command.type}`);
};

const requireAmount = (cents: number, most: number): void => {
  if (Number.isSafeInteger(cents) && cents > 0 && cents <= most) return;
  throw new CommandRejectedError(
    'INVALID_AMOUNT',
    `${cents} is not an amount: give whole cents from 1 to ${most}`,
  );
};
