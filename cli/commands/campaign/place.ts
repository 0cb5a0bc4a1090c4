/** Where the data of campaigns is: in this directory, or in a Redis. */

import { type ByteStore, directoryStore } from '../../campaign/byte-store.js';
import { CampaignData } from '../../campaign/campaign-data.js';
import { type Connection, connect, KEY_VARIABLE } from '../../campaign/queue/connection.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../usage-error.js';

export interface QueueOption {
  /** The address of a Redis. */
  readonly queue?: string;
}

export interface Place {
  readonly connection: Connection | undefined;
  readonly store: ByteStore;
  readonly data: (campaign: string) => CampaignData;
}

/** Acts with the data of campaigns. @throws UsageError as documented at `connect` */
export const withPlace = async <Value>(
  { queue }: QueueOption,
  { directory, variables }: Pick<Context, 'directory' | 'variables'>,
  act: (place: Place) => Promise<Value>,
): Promise<Value> => {
  const connection = queue === undefined ? undefined : await connect(queue, variables[KEY_VARIABLE]);
  const store = connection?.store ?? directoryStore(directory);
  const key = connection?.key ?? '';
  try {
    return await act({ connection, store, data: (campaign) => new CampaignData(store, campaign, key) });
  } finally {
    await store.close();
  }
};

/** The campaign of that name, or the only one. @throws UsageError CAMPAIGN_NOT_FOUND */
export const campaignNamed = async (name: string | undefined, { store }: Place): Promise<string> => {
  const all = await store.campaigns();
  const [only] = all;
  if (name === undefined && only !== undefined && all.length === 1) return only;
  if (name !== undefined && all.includes(name)) return name;
  const there = all.length === 0 ? 'There is none.' : `There are: ${all.join(', ')}.`;
  throw new UsageError(
    'CAMPAIGN_NOT_FOUND',
    name === undefined ? `Name a campaign. ${there}` : `No campaign is called '${name}'. ${there}`,
  );
};
