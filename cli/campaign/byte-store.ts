/**
 * Where campaigns keep what outlives a process: names and bytes. A directory for the campaigns of one machine, a Redis for
 * those of several. The bytes are hostile input: see seal.ts.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../sim/util/errors.js';
import { isThere } from '../files/plain-files.js';
import { prepareOutputs } from '../output/atomic-outputs.js';

export interface ByteStore {
  /** Names of the campaigns that are there. */
  campaigns(): Promise<readonly string[]>;
  read(campaign: string, name: string): Promise<Uint8Array | undefined>;
  /** Whether there is anything to read. */
  has(campaign: string, name: string): Promise<boolean>;
  /** Whole or not at all. */
  write(campaign: string, name: string, bytes: Uint8Array): Promise<void>;
  remove(campaign: string, name: string): Promise<void>;
  /** Removes all that was written of a campaign, or all but one name. */
  clear(campaign: string, kept?: string): Promise<void>;
  close(): Promise<void>;
}

export const CAMPAIGNS_DIRECTORY = '.powercut/campaigns';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name that can't lead anywhere else, in a path or in a key. */
export const isCampaignName = (name: string): boolean => NAME.test(name);

const unlessAbsent = (thrown: unknown): undefined => {
  if (errorCode(thrown) === 'ENOENT') return undefined;
  throw thrown;
};

/** Campaigns of one machine, in files below a directory. */
export const directoryStore = (directory: string): ByteStore => {
  const root = join(directory, CAMPAIGNS_DIRECTORY);
  return {
    async campaigns() {
      const entries = await readdir(root, { withFileTypes: true }).catch(unlessAbsent);
      const names = (entries ?? []).filter((entry) => entry.isDirectory()).map(({ name }) => name);
      return names.filter(isCampaignName).sort();
    },
    read: (campaign, name) => readFile(join(root, campaign, name)).catch(unlessAbsent),
    has: (campaign, name) => isThere(join(root, campaign, name)),
    async write(campaign, name, bytes) {
      await mkdir(join(root, campaign), { recursive: true });
      const outputs = await prepareOutputs([]);
      await outputs.write(new Map([[join(root, campaign, name), bytes]]));
    },
    remove: (campaign, name) => rm(join(root, campaign, name), { force: true }),
    async clear(campaign, kept) {
      const place = join(root, campaign);
      if (kept === undefined) await rm(place, { recursive: true, force: true });
      else
        for (const name of (await readdir(place).catch(unlessAbsent)) ?? [])
          if (name !== kept) await rm(join(place, name), { recursive: true, force: true });
    },
    close: async () => undefined,
  };
};
