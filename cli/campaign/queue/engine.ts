/**
 * As much of BullMQ and ioredis as campaigns use. Both are optional: a project that shares out campaigns over a Redis installs
 * them. Their own types may not be there, so these are ours; `npm run test:campaign` holds them against the packages.
 */
import type { EventEmitter } from 'node:events';
import { errorCode } from '../../../sim/util/errors.js';
import { messageOf, UsageError } from '../../usage-error.js';

export interface Redis extends Pick<EventEmitter, 'on' | 'off'> {
  connect(): Promise<void>;
  hgetBuffer(key: string, field: string): Promise<Buffer | null>;
  hexists(key: string, field: string): Promise<number>;
  hset(key: string, field: string, value: Buffer): Promise<number>;
  hkeys(key: string): Promise<string[]>;
  hdel(key: string, ...fields: string[]): Promise<number>;
  exists(key: string): Promise<number>;
  expire(key: string, seconds: number): Promise<number>;
  del(...keys: string[]): Promise<number>;
  sadd(key: string, ...members: string[]): Promise<number>;
  srem(key: string, ...members: string[]): Promise<number>;
  smembers(key: string): Promise<string[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: 'PX', ms: number): Promise<unknown>;
  set(key: string, value: string, unit: 'PX', ms: number, when: 'NX'): Promise<unknown>;
  ping(): Promise<string>;
  disconnect(): void;
}

export interface Job {
  readonly id?: string | undefined;
  readonly failedReason: string;
  remove(): Promise<void>;
}

export interface Queue {
  on(event: 'error', listener: (error: Error) => void): unknown;
  add(name: string, data: object, options: JobOptions): Promise<Job>;
  getJob(id: string): Promise<Job | undefined>;
  getFailed(): Promise<readonly Job[]>;
  getJobCounts(...states: string[]): Promise<Readonly<Record<string, number>>>;
  obliterate(options: { readonly force: boolean }): Promise<void>;
  close(): Promise<void>;
}

interface JobOptions {
  readonly jobId: string;
  readonly attempts: number;
  readonly removeOnComplete: boolean;
}

export interface QueueEvents {
  on(event: 'completed', listener: (told: { readonly jobId: string }) => void): unknown;
  on(
    event: 'failed',
    listener: (told: { readonly jobId: string; readonly failedReason: string }) => void,
  ): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface QueueWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** From now on, gives jobs whose worker is silent to others. */
  startStalledCheckTimer(): Promise<void>;
  close(force?: boolean): Promise<void>;
}

interface Connected {
  readonly connection: Redis;
  readonly prefix: string;
}

/** Of a worker that takes jobs, and leaves it to another one to look for those whose worker is silent. */
interface TakingSettings extends Connected {
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly skipStalledCheck: true;
}

/** Of a worker that takes no jobs, and looks for those whose worker is silent. */
interface WatchingSettings extends Connected {
  readonly autorun: false;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

export interface QueueEngine {
  readonly Redis: new (
    url: string,
    options: {
      readonly lazyConnect: boolean;
      readonly maxRetriesPerRequest: null;
      readonly retryStrategy: (times: number) => number;
    },
  ) => Redis;
  readonly Queue: new (name: string, options: Connected) => Queue;
  readonly QueueEvents: new (name: string, options: Connected) => QueueEvents;
  readonly Worker: {
    new (
      name: string,
      take: (job: Pick<Job, 'id'>) => Promise<unknown>,
      settings: TakingSettings,
    ): QueueWorker;
    new (name: string, take: null, settings: WatchingSettings): QueueWorker;
  };
  /** An error after which BullMQ does not try a job again. */
  readonly UnrecoverableError: new (
    message: string,
  ) => Error;
}

const PACKAGES = ['bullmq', 'ioredis'] as const;

/** @throws UsageError QUEUE_NOT_INSTALLED */
export const loadQueueEngine = async (): Promise<QueueEngine> => {
  const load = async (name: (typeof PACKAGES)[number]): Promise<object> => {
    try {
      return await import(name);
    } catch (thrown) {
      const isMissing = errorCode(thrown) === 'ERR_MODULE_NOT_FOUND';
      const why = isMissing ? 'is not installed' : `can't be loaded: ${messageOf(thrown)}`;
      throw new UsageError(
        'QUEUE_NOT_INSTALLED',
        `--queue needs the package '${name}', which ${why}. Install it: npm install --save-dev ${PACKAGES.join(' ')}.`,
      );
    }
  };
  const [bullmq, ioredis] = await Promise.all(PACKAGES.map(load));
  return { ...bullmq, ...ioredis } as QueueEngine; // what these packages export, as the test of campaigns holds
};
