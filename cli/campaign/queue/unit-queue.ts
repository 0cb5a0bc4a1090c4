/**
 * Hands out the units of a campaign through BullMQ, and waits for their results. Jobs carry names only: what a unit is and what
 * came of it lies sealed beside them. A job may run more than once, and its result counts once.
 */
import { UsageError } from '../../usage-error.js';
import { WorkerDied } from '../../workers/worker-process.js';
import type { CampaignData } from '../campaign-data.js';
import type { UnitResult } from '../check-result.js';
import { type CampaignUnit, nameOfUnit } from '../unit.js';
import { type Connection, eachOnce, openQueue, PREFIX } from './connection.js';
import type { Queue, QueueEvents } from './engine.js';
import { isDoneWithin } from './patience.js';

/** A unit that ends this many workers is not handed out again. */
export const DEATHS_MAX = 3;
/** Bytes in a queue that are damaged this often are damaged by somebody. */
const REFUSALS_MAX = 3;
/** An event can be lost with a connection, so the queue also looks up each unit this often. */
const LOOK_MS = 2_000;

/** What a worker gives as the reason of a job that failed because it could not make sense of the unit. */
export const REFUSED = 'QUEUE_DATA_INVALID';

interface Waiting {
  readonly completed: () => void;
  readonly failed: (reason: string) => void;
}

type Ending = { readonly kind: 'completed' } | { readonly kind: 'failed'; readonly reason: string };

export class UnitQueue {
  private readonly waiting = new Map<string, Waiting>();
  private readonly looking: NodeJS.Timeout;
  private isClosed = false;

  private constructor(
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    private readonly data: CampaignData,
    /** Called for trouble with the queue, and for data in it that is not used. */
    private readonly onTrouble: (message: string) => void,
  ) {
    events.on('completed', ({ jobId }) => this.waiting.get(jobId)?.completed());
    events.on('failed', ({ jobId, failedReason }) => this.waiting.get(jobId)?.failed(failedReason));
    this.looking = setInterval(() => void this.look().catch(() => undefined), LOOK_MS); // the next look is soon
  }

  static async open(
    connection: Connection,
    data: CampaignData,
    onTrouble: (message: string) => void,
  ): Promise<UnitQueue> {
    const { engine, redis } = connection;
    // Units wait while it connects again.
    const tell = eachOnce(onTrouble);
    const queue = openQueue(connection, data.campaign, tell);
    const events = new engine.QueueEvents(data.campaign, { connection: redis, prefix: PREFIX });
    events.on('error', tell);
    await events.waitUntilReady();
    return new UnitQueue(queue, events, data, onTrouble);
  }

  private async look(): Promise<void> {
    const failed = await this.queue.getFailed();
    for (const { id, failedReason } of failed)
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
        const ending = await this.handOut(name, unit);
        if (ending.kind === 'completed') continue;
        const { reason } = ending;
        await (await this.queue.getJob(name))?.remove();
        if (!reason.startsWith(REFUSED))
          throw new WorkerDied(`${DEATHS_MAX} workers ended while they explored one part of it: ${reason}`);
        refusal = reason;
      } catch (thrown) {
        if (!(thrown instanceof UsageError) || thrown.code !== 'QUEUE_DATA_INVALID') throw thrown;
        refusal = thrown.message;
        await this.data.removeResult(name);
      }
      if (refusal !== '') this.onTrouble(refusal);
    }
    throw new UsageError(
      'QUEUE_DATA_INVALID',
      refusal === '' ? 'The result of a part vanished from the queue.' : refusal,
    );
  }

  private async handOut(name: string, unit: CampaignUnit): Promise<Ending> {
    await this.data.saveUnit(name, unit);
    const ended = new Promise<Ending>((resolve) => {
      this.waiting.set(name, {
        completed: () => resolve({ kind: 'completed' }),
        failed: (reason) => resolve({ kind: 'failed', reason }),
      });
    });
    try {
      // Suites in their order: a worker that goes on with a suite need not load another.
      const options = { jobId: name, attempts: DEATHS_MAX, removeOnComplete: true, priority: unit.suite + 1 };
      await this.queue.add('unit', {}, options);
      return await ended;
    } finally {
      this.waiting.delete(name);
    }
  }

  /** Takes everything out of the queue that no worker has begun. */
  async clear(): Promise<void> {
    await this.queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.looking);
    // A connection that is lost would be waited for.
    await isDoneWithin(Promise.all([this.events.close(), this.queue.close()]), LOOK_MS);
  }
}
