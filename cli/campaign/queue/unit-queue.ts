/**
 * Hands out the units of a campaign through BullMQ, and waits for their results. Jobs carry names only: what a unit is and what
 * came of it lies sealed beside them. A job may run more than once, and its result counts once.
 */
import { DEATHS_MAX } from '../../defaults.js';
import { UsageError } from '../../usage-error.js';
import { WorkerDied } from '../../workers/worker-process.js';
import type { CampaignData } from '../campaign-data.js';
import type { UnitResult } from '../check-result.js';
import { type CampaignUnit, nameOfUnit } from '../unit.js';
import { type Connection, clearQueues, eachOnce, openQueue, PREFIX, queueName } from './connection.js';
import type { Queue, QueueEvents, QueueWorker } from './engine.js';
import { isDoneWithin } from './patience.js';

/** Bytes in a queue that are damaged this often are damaged by somebody. */
const REFUSALS_MAX = 3;
/** An event can be lost with a connection, so the queue also looks up each unit this often. */
const LOOK_MS = 2_000;
/** Two looks find a unit whose worker is silent, after its lock has run out. */
const STALLS_LOOK_MS = 2_000;

/** What a worker gives as the reason of a job that failed because it could not make sense of the unit. */
export const REFUSED = 'QUEUE_DATA_INVALID';

interface Waiting {
  readonly completed: () => void;
  readonly failed: (reason: string) => void;
}

type Ending = { readonly kind: 'completed' } | { readonly kind: 'failed'; readonly reason: string };

/** The units of one suite, and what is heard of them. */
interface SuiteQueue {
  readonly queue: Queue;
  readonly events: QueueEvents;
  /** Looks for units whose worker is silent. Workers go from suite to suite; this process is there for all. */
  readonly watching: QueueWorker;
}

export interface UnitQueueOptions {
  /** Of the campaign. */
  readonly suites: number;
  /** A unit is parked when this number of workers went silent on it. */
  readonly stallsMax: number;
  /** Called for trouble with the queue, and for data in it that is not used. */
  readonly onTrouble: (message: string) => void;
}

export class UnitQueue {
  private readonly waiting = new Map<string, Waiting>();
  private readonly opening = new Map<number, Promise<SuiteQueue>>();
  private readonly opened: SuiteQueue[] = [];
  private readonly looking: NodeJS.Timeout;
  /** Units wait while it connects again. */
  private readonly tell: (error: Error) => void;
  private isClosed = false;

  constructor(
    private readonly connection: Connection,
    private readonly data: CampaignData,
    private readonly options: UnitQueueOptions,
  ) {
    this.tell = eachOnce(options.onTrouble);
    this.looking = setInterval(() => void this.look().catch(() => undefined), LOOK_MS); // the next look is soon
  }

  /** The queue of a suite, opened with its first unit. */
  private queueOf(suite: number): Promise<SuiteQueue> {
    const known = this.opening.get(suite);
    if (known !== undefined) return known;
    // A unit that is not waited for any more must not connect again: a connection keeps the process.
    if (this.isClosed) return Promise.reject(new Error('The queue is closed.'));
    const opening = this.open(suite);
    this.opening.set(suite, opening);
    opening.catch(() => this.opening.delete(suite));
    return opening;
  }

  private async open(suite: number): Promise<SuiteQueue> {
    const { connection, tell } = this;
    const { engine, redis } = connection;
    const name = queueName(this.data.campaign, suite);
    const connected = { connection: redis, prefix: PREFIX };
    const events = new engine.QueueEvents(name, connected);
    events.on('error', tell);
    events.on('completed', ({ jobId }) => this.waiting.get(jobId)?.completed());
    events.on('failed', ({ jobId, failedReason }) => this.waiting.get(jobId)?.failed(failedReason));
    const watching = new engine.Worker(name, null, {
      ...connected,
      autorun: false,
      stalledInterval: STALLS_LOOK_MS,
      maxStalledCount: this.options.stallsMax - 1,
    });
    watching.on('error', tell);
    const one = { queue: openQueue(connection, this.data.campaign, suite, tell), events, watching };
    this.opened.push(one);
    await events.waitUntilReady();
    await watching.startStalledCheckTimer();
    return one;
  }

  private async look(): Promise<void> {
    for (const { queue } of this.opened)
      for (const { id, failedReason } of await queue.getFailed())
        if (id !== undefined) this.waiting.get(id)?.failed(failedReason);
    for (const [name, { completed }] of [...this.waiting]) if (await this.data.hasResult(name)) completed();
  }

  /**
   * What came of a unit: now, or when a machine has explored it.
   * @throws WorkerDied where it ended too many workers; UsageError QUEUE_DATA_INVALID where the queue damages it each time
   */
  async explore(unit: CampaignUnit): Promise<UnitResult> {
    const name = nameOfUnit(unit);
    let refusal = '';
    for (let refused = 0; refused < REFUSALS_MAX; refused++) {
      try {
        const known = await this.data.result(name);
        if (known !== undefined) return known;
        const { queue } = await this.queueOf(unit.suite);
        const ending = await this.handOut(queue, name, unit);
        if (ending.kind === 'completed') continue;
        const { reason } = ending;
        await (await queue.getJob(name))?.remove();
        if (!reason.startsWith(REFUSED))
          throw new WorkerDied(`${DEATHS_MAX} workers ended while they explored one part of it: ${reason}`);
        refusal = reason;
      } catch (thrown) {
        if (!(thrown instanceof UsageError) || thrown.code !== 'QUEUE_DATA_INVALID') throw thrown;
        refusal = thrown.message;
        await this.data.removeResult(name);
      }
      if (refusal !== '') this.options.onTrouble(refusal);
    }
    throw new UsageError(
      'QUEUE_DATA_INVALID',
      refusal === '' ? 'The result of a part vanished from the queue.' : refusal,
    );
  }

  private async handOut(queue: Queue, name: string, unit: CampaignUnit): Promise<Ending> {
    await this.data.saveUnit(name, unit);
    const ended = new Promise<Ending>((resolve) => {
      this.waiting.set(name, {
        completed: () => resolve({ kind: 'completed' }),
        failed: (reason) => resolve({ kind: 'failed', reason }),
      });
    });
    try {
      await queue.add('unit', {}, { jobId: name, attempts: DEATHS_MAX, removeOnComplete: true });
      return await ended;
    } finally {
      this.waiting.delete(name);
    }
  }

  /** Takes everything out of the queues that no worker has begun. */
  clear(): Promise<void> {
    return clearQueues(this.connection, this.data.campaign, this.options.suites);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.looking);
    const closed = this.opened.map(async ({ queue, events, watching }) => {
      // It has no job to finish. Otherwise it would keep the process until the queue answers.
      await Promise.all([events.close(), watching.close(true), queue.close()]);
    });
    // A connection that is lost would be waited for.
    await isDoneWithin(Promise.all(closed), LOOK_MS);
  }
}
