import { describe, expect, it } from 'vitest';
import { globalPosition, type RecordedEvent, streamVersion } from '../../event-store/event.js';
import { projectionSpec } from '../../read-models/projection-spec.js';
import { accountStream } from './account.js';
import { balances } from './balances.js';
import { letterFor } from './letters.js';
import { overview } from './overview.js';

const event = (type: string, account: string, rest: object) => ({
  type,
  data: { account, ...rest },
  streamName: accountStream(account),
});
const opened = (account: string) => event('opened', account, { owner: 'Ann' });
const deposited = (account: string, cents: number) => event('deposited', account, { cents });
const withdrawn = (account: string, cents: number) => event('withdrawn', account, { cents });
const closed = (account: string) => event('closed', account, { owner: 'Ann' });

describe('balances', () => {
  it('shows each account with the version to send along', async () => {
    await projectionSpec(balances)
      .given([opened('a'), opened('b'), deposited('a', 500)])
      .when([withdrawn('a', 200), closed('b')])
      .thenState({
        a: { owner: 'Ann', status: 'open', cents: 300, version: 3 },
        b: { owner: 'Ann', status: 'closed', cents: 0, version: 2 },
      });
  });

  it('changes no row for an account it never heard of', async () => {
    await projectionSpec(balances)
      .given([])
      .when([deposited('a', 500), closed('a')])
      .thenState({});
  });

  it('keeps an account of any name', async () => {
    const row = { owner: 'Ann', status: 'open', cents: 1, version: 2 } as const;
    await projectionSpec(balances)
      .given([opened('__proto__'), deposited('__proto__', 1)])
      .when([deposited('constructor', 1)])
      .thenState(Object.fromEntries([['__proto__', row]]));
  });
});

describe('overview', () => {
  it('counts accounts and money', async () => {
    await projectionSpec(overview)
      .given([opened('a'), opened('b'), deposited('a', 500)])
      .when([withdrawn('a', 200), closed('b')])
      .thenState({ openAccounts: 1, closedAccounts: 1, totalCents: 300 });
  });
});

describe('letterFor', () => {
  const recorded = (type: string, data: RecordedEvent['data']): RecordedEvent => ({
    type,
    data,
    metadata: {
      messageId: 'm',
      streamName: 'account-a',
      streamPosition: streamVersion(1),
      globalPosition: globalPosition(1),
    },
  });

  it('welcome and say farewell, under the id of the event', () => {
    const owner = { account: 'a', owner: 'Ann' };
    const letter = { key: 'm', to: 'Ann', account: 'a' };
    expect(letterFor(recorded('opened', owner))).toEqual({ ...letter, about: 'welcome' });
    expect(letterFor(recorded('closed', owner))).toEqual({ ...letter, about: 'farewell' });
  });

  it('are not about money', () => {
    expect(letterFor(recorded('deposited', { account: 'a', cents: 1 }))).toBeUndefined();
  });
});
