/** The durable read model: each account as its owner sees it, with the version to send along with a command. */
import type { Projection } from '../../read-models/projection.js';
import { accountEvent } from './account.js';

export type AccountRow = {
  readonly owner: string;
  readonly status: 'open' | 'closed';
  readonly cents: number;
  /** The version of the account's stream that this row shows. */
  readonly version: number;
};

export type Balances = { readonly [account: string]: AccountRow };

/** An event of an account that the model never heard of changes no row, as an UPDATE would. */
export const balances: Projection<Balances> = {
  name: 'balances',
  initial: {},
  evolve: (state, recorded) => {
    const event = accountEvent(recorded);
    const version = Number(recorded.metadata.streamPosition);
    const { account } = event.data;
    const row = Object.hasOwn(state, account) ? state[account] : undefined;
    const next = evolveRow(row, event, version);
    // A computed key defines an own property whatever its name is: an account may be called __proto__.
    return next === undefined ? state : { ...state, [account]: next };
  },
};

const evolveRow = (
  row: AccountRow | undefined,
  event: ReturnType<typeof accountEvent>,
  version: number,
): AccountRow | undefined => {
  if (event.type === 'opened') return { owner: event.data.owner, status: 'open', cents: 0, version };
  if (row === undefined) return undefined;
  switch (event.type) {
    case 'deposited':
      return { ...row, cents: row.cents + event.data.cents, version };
    case 'withdrawn':
      return { ...row, cents: row.cents - event.data.cents, version };
    case 'closed':
      return { ...row, status: 'closed', version };
  }
};
