/** The volatile read model: the bank at a glance. */
import type { Projection } from '../../read-models/projection.js';
import { accountEvent } from './account.js';

export type Overview = {
  readonly openAccounts: number;
  readonly closedAccounts: number;
  readonly totalCents: number;
};

export const overview: Projection<Overview> = {
  name: 'overview',
  initial: { openAccounts: 0, closedAccounts: 0, totalCents: 0 },
  evolve: (state, recorded) => {
    const event = accountEvent(recorded);
    switch (event.type) {
      case 'opened':
        return { ...state, openAccounts: state.openAccounts + 1 };
      case 'deposited':
        return { ...state, totalCents: state.totalCents + event.data.cents };
      case 'withdrawn':
        return { ...state, totalCents: state.totalCents - event.data.cents };
      case 'closed':
        return { ...state, openAccounts: state.openAccounts - 1, closedAccounts: state.closedAccounts + 1 };
    }
  },
};
