/** The letters to customers: which events call for one, and what it says. Pure. */
import type { RecordedEvent } from '../../event-store/event.js';
import { accountEvent } from './account.js';

export type Letter = {
  /** The id of the event the letter is about: by this a receiver tells a repeat. */
  readonly key: string;
  readonly to: string;
  readonly account: string;
  readonly about: 'welcome' | 'farewell';
};

/** The letter that an event calls for, if any. */
export const letterFor = (event: RecordedEvent): Letter | undefined => {
  const { type, data } = accountEvent(event);
  if (type !== 'opened' && type !== 'closed') return undefined;
  return {
    key: event.metadata.messageId,
    to: data.owner,
    account: data.account,
    about: type === 'opened' ? 'welcome' : 'farewell',
  };
};
