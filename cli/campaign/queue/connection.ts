/** A connection to the Redis of a campaign, and the byte store in it. */
import { messageOf, UsageError } from '../../usage-error.js';
import { type ByteStore, isCampaignName } from '../byte-store.js';
import type { CampaignKey } from '../seal.js';
import { loadQueueEngine, type Queue, type QueueEngine, type Redis } from './engine.js';

export const PREFIX = 'powercut';
const CAMPAIGNS = `${PREFIX}:campaigns`;
/** Nothing stays in a Redis for ever. */
const KEPT_SECONDS = 7 * 24 * 3600;
const RETRY_MS_MAX = 2_000;
/** Others wait for Redis meanwhile. */
const REMOVED_AT_ONCE = 1_000;
const CONNECT_MS_MAX = 10_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const KEY_VARIABLE = 'POWERCUT_CAMPAIGN_KEY';

export interface Connection {
  readonly engine: QueueEngine;
  readonly redis: Redis;
  readonly store: ByteStore;
  readonly key: CampaignKey;
  close(): void;
}

/** The address without what is secret in it. */
const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;

/** @throws UsageError USAGE */
const parsed = (address: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== '')
    return url;
  throw new UsageError(
    'USAGE',
    '--queue takes the address of a Redis: redis://[user:password@]host[:port][/db], or rediss:// for TLS.',
  );
};

/** @throws UsageError CAMPAIGN_KEY_MISSING */
const keyFor = (url: URL, key: string | undefined): CampaignKey => {
  if (key !== undefined && key !== '') return key;
  if (LOOPBACK.test(url.hostname)) return '';
  throw new UsageError(
    'CAMPAIGN_KEY_MISSING',
    `Set the variable ${KEY_VARIABLE} to the same secret on all machines of the campaign, such as the output of 'openssl rand -hex 32'. ` +
      `Without it, anybody who can write to ${shown(url)} could forge results.`,
  );
};

const redisStore = (redis: Redis): ByteStore => {
  const dataOf = (campaign: string): string => `${PREFIX}:data:${campaign}`;
  return {
    async campaigns() {
      const there: string[] = [];
      for (const campaign of (await redis.smembers(CAMPAIGNS)).filter(isCampaignName).sort()) {
        if ((await redis.exists(dataOf(campaign))) > 0) there.push(campaign);
        else await redis.srem(CAMPAIGNS, campaign);
      }
      return there;
    },
    read: async (campaign, name) => (await redis.hgetBuffer(dataOf(campaign), name)) ?? undefined,
    has: async (campaign, name) => (await redis.hexists(dataOf(campaign), name)) > 0,
    async write(campaign, name, bytes) {
      const isNew = name === 'record' || name === 'outcome';
      await redis.hset(dataOf(campaign), name, Buffer.from(bytes));
      if (isNew) await redis.sadd(CAMPAIGNS, campaign);
      if (isNew || name === 'progress') await redis.expire(dataOf(campaign), KEPT_SECONDS);
    },
    remove: async (campaign, name) => void (await redis.hdel(dataOf(campaign), name)),
    async clear(campaign, kept) {
      if (kept === undefined) {
        await redis.srem(CAMPAIGNS, campaign);
        await redis.del(dataOf(campaign));
        return;
      }
      const names = (await redis.hkeys(dataOf(campaign))).filter((name) => name !== kept);
      for (let from = 0; from < names.length; from += REMOVED_AT_ONCE)
        await redis.hdel(dataOf(campaign), ...names.slice(from, from + REMOVED_AT_ONCE));
    },
    close: async () => redis.disconnect(),
  };
};

/** The name of a suite's queue. Each suite has its own: a worker's place stays with one as long as there are units of it. */
export const queueName = (campaign: string, suite: number): string => `${campaign}.${suite}`;

/** The queue of a suite. It connects again by itself. @param onError called for what goes wrong meanwhile */
export const openQueue = (
  { engine, redis }: Pick<Connection, 'engine' | 'redis'>,
  campaign: string,
  suite: number,
  onError: (error: Error) => void,
): Queue => {
  const queue = new engine.Queue(queueName(campaign, suite), { connection: redis, prefix: PREFIX });
  queue.on('error', onError);
  return queue;
};

/** Acts with the queue of each suite of a campaign, one after the other. */
export const withQueues = async <Value>(
  connection: Connection,
  campaign: string,
  suites: number,
  act: (queue: Queue) => Promise<Value>,
): Promise<readonly Value[]> => {
  const values: Value[] = [];
  for (let suite = 0; suite < suites; suite++) {
    // What the action needs and does not get is its own error.
    const queue = openQueue(connection, campaign, suite, () => undefined);
    try {
      values.push(await act(queue));
    } finally {
      await queue.close();
    }
  }
  return values;
};

/** Takes everything out of the queues of a campaign that no worker has begun. */
export const clearQueues = async (
  connection: Connection,
  campaign: string,
  suites: number,
): Promise<void> => {
  await withQueues(connection, campaign, suites, (queue) => queue.obliterate({ force: true }));
};

/** Passes on errors of a connection, each once: it connects again by itself, and says the same each time. */
export const eachOnce = (say: (line: string) => void): ((error: Error) => void) => {
  const said = new Set<string>();
  return ({ message }) => {
    if (said.has(message)) return;
    said.add(message);
    say(`The queue: ${message}`);
  };
};

/**
 * Connects. Once there was a connection, a lost one is made again for as long as it takes.
 * @throws UsageError USAGE, CAMPAIGN_KEY_MISSING, QUEUE_NOT_INSTALLED, QUEUE_UNREACHABLE
 */
export const connect = async (address: string, keyGiven: string | undefined): Promise<Connection> => {
  const url = parsed(address);
  const key = keyFor(url, keyGiven);
  const engine = await loadQueueEngine();
  const redis = new engine.Redis(address, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(RETRY_MS_MAX, 50 * times),
  });
  let last: unknown;
  redis.on('error', (error: unknown) => {
    last = error;
  });
  const late = setTimeout(() => {
    last ??= new Error(`there was no answer within ${CONNECT_MS_MAX / 1000} s`);
    redis.disconnect();
  }, CONNECT_MS_MAX);
  try {
    await redis.connect();
  } catch (thrown) {
    redis.disconnect();
    const why = last instanceof Error && last.message !== '' ? last.message : messageOf(thrown);
    throw new UsageError(
      'QUEUE_UNREACHABLE',
      `No Redis answers at ${shown(url)}: ${why.replace(/\.$/, '')}.`,
    );
  } finally {
    clearTimeout(late);
  }
  return { engine, redis, store: redisStore(redis), key, close: () => redis.disconnect() };
};
