/** Which workers are there. Each says so every few seconds, and is forgotten soon after it has gone silent. */
import { hostname } from 'node:os';
import { isCount, isNatural, isText, record } from '../../messages/checks.js';
import { PREFIX } from './connection.js';
import type { Redis } from './engine.js';

const WORKERS = `${PREFIX}:workers`;
export const BEAT_MS = 2_000;
const SILENT_MS = 5 * BEAT_MS;
const TEXT_MAX = 10_000;

export interface Presence {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly concurrency: number;
  readonly sinceMs: number;
  /** Units explored so far. */
  readonly done: number;
  /** The campaign it takes units of; empty: none. */
  readonly campaign: string;
  /** Why it takes part in no campaign, or not in an older one; empty where there is no reason. */
  readonly refuses: string;
}

const isPresence = record({
  host: isText,
  pid: isNatural,
  version: isText,
  concurrency: isNatural,
  sinceMs: isCount,
  done: isNatural,
  campaign: isText,
  refuses: isText,
});

const keyOf = (worker: string): string => `${WORKERS}:${worker}`;

export const workerName = (): string => `${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')}.${process.pid}`;

export const sayPresent = async (redis: Redis, worker: string, presence: Presence): Promise<void> => {
  await redis.set(keyOf(worker), JSON.stringify(presence), 'PX', SILENT_MS);
  await redis.sadd(WORKERS, worker);
};

export const sayGone = async (redis: Redis, worker: string): Promise<void> => {
  await redis.srem(WORKERS, worker);
  await redis.del(keyOf(worker));
};

const parsed = (text: string): unknown => {
  try {
    return text.length > TEXT_MAX ? undefined : JSON.parse(text);
  } catch {
    return undefined; // written by somebody else
  }
};

/** Those that are there now. Texts in it are other machines' own: print them as such. */
export const presentWorkers = async (redis: Redis): Promise<readonly Presence[]> => {
  const present: Presence[] = [];
  for (const worker of (await redis.smembers(WORKERS)).sort()) {
    const text = await redis.get(keyOf(worker));
    if (text === null) await redis.srem(WORKERS, worker);
    const presence = parsed(text ?? '');
    if (isPresence(presence)) present.push(presence as Presence); // as it was checked
  }
  return present;
};
