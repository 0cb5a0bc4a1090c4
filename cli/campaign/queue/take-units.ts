/**
 * The machine's side of a queue: takes units of the oldest campaign whose suites this checkout has, explores each in a worker
 * process, and saves what came of it. Suites come from the checkout only, never from the queue.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { VERSION } from '../../../sim/util/version.js';
import type { TaskWorker } from '../../messages/task-worker.js';
import { messageOf, UsageError } from '../../usage-error.js';
import { WorkerStuck } from '../../workers/worker-process.js';
import { CampaignData } from '../campaign-data.js';
import type { UnitResult } from '../check-result.js';
import { resultOf } from '../explorers.js';
import { type CampaignRecord, differenceHere, referenceHere } from '../record.js';
import type { CampaignUnit } from '../unit.js';
import { type Connection, eachOnce, openQueue, PREFIX, queueName } from './connection.js';
import type { Queue } from './engine.js';
import { isDoneWithin, PATIENCE_MS, silentAfter } from './patience.js';
import { BEAT_MS, type Presence, sayGone, sayPresent, workerName } from './presence.js';
import { SuiteLanes, type Taking } from './suite-lanes.js';
import { SuiteProcesses } from './suite-processes.js';
import { REFUSED } from './unit-queue.js';

/** Workers look for campaigns this often. */
const LOOK_MS = 1_000;
/** Comparing a checkout reads about a thousand files: a campaign that it does not fit is compared again after this time. */
const REFUSED_MS = 10_000;
/** A suite's process is started ahead of need for no suite; some wait for their suite's next unit. */
const IDLE_PER_PLACE = 2;

export interface TakeOptions {
  readonly directory: string;
  /** Units explored at once. */
  readonly concurrency: number;
  /** A unit whose worker is silent this long is given to another one, in milliseconds. */
  readonly stallMs: number;
  readonly start: () => TaskWorker;
  /** Ends it when the units under way are explored. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const nothing = (): void => undefined;

/** A part has a generation of crash states that is too large for one machine. */
class TooLarge extends Error {}

const tooLarge = (): Promise<never> => Promise.reject(new TooLarge());

/** The question to a worker process, but for its suite. */
const taskOf = (unit: CampaignUnit) => {
  if ('tallies' in unit) return { kind: 'conclude', tallies: unit.tallies } as const;
  const { assignment, slice } = unit;
  if (slice !== undefined) return { kind: 'slice', part: assignment.part, slice } as const;
  return { kind: 'explore', ...assignment, handsOut: true } as const;
};

/** The units of one campaign, while this machine takes part in it. */
class Participation {
  private readonly lanes: SuiteLanes;
  private readonly queues: readonly Queue[];
  private readonly tell: (error: Error) => void;
  done = 0;
  /** The checkout has changed since: nothing that is explored here counts any more. */
  hasChanged = false;

  constructor(
    private readonly connection: Connection,
    readonly data: CampaignData,
    private readonly record: CampaignRecord,
    private readonly processes: SuiteProcesses,
    private readonly options: TakeOptions,
  ) {
    const suites = record.suites.length;
    const { campaign } = data;
    this.tell = eachOnce(options.say);
    const queues = Array.from({ length: suites }, (_, suite) =>
      openQueue(connection, campaign, suite, this.tell),
    );
    this.queues = queues;
    this.lanes = new SuiteLanes(options.concurrency, {
      suites,
      first: randomInt(suites),
      waiting: async (suite) => (await queues[suite]?.getJobCounts('wait'))?.wait ?? 0,
      isLoaded: (suite) => processes.has(this.processName(suite)),
      take: (suite) => this.take(suite),
      onError: this.tell,
    });
  }

  private processName(suite: number): string {
    return `${this.data.campaign} ${suite}`;
  }

  private take(suite: number): Taking {
    const { connection, data, options, tell } = this;
    const { engine, redis } = connection;
    let idleSinceMs: number | undefined = performance.now();
    const take = async ({ id }: { readonly id?: string | undefined }): Promise<void> => {
      idleSinceMs = undefined;
      try {
        await this.explore(id ?? '');
      } catch (thrown) {
        const isRefused = thrown instanceof UsageError && thrown.code === REFUSED;
        throw isRefused ? new engine.UnrecoverableError(`${REFUSED}: ${thrown.message}`) : thrown;
      } finally {
        idleSinceMs = performance.now();
      }
    };
    const worker = new engine.Worker(queueName(data.campaign, suite), take, {
      connection: redis,
      prefix: PREFIX,
      concurrency: 1,
      lockDuration: options.stallMs,
      skipStalledCheck: true,
    });
    worker.on('error', tell);
    return {
      get idleSinceMs() {
        return idleSinceMs;
      },
      close: (isForced) => worker.close(isForced),
    };
  }

  private async explore(name: string): Promise<void> {
    const unit = await this.data.unit(name, this.record);
    if (unit === undefined) return;
    const result = await this.resultOf(unit);
    await this.data.saveResult(name, result);
    this.done += 1;
  }

  /** @throws WorkerDied, after which the unit may be explored by another machine */
  private async resultOf(unit: CampaignUnit): Promise<UnitResult> {
    const { suite } = unit;
    const recorded = this.record.suites[suite];
    if (recorded === undefined) throw new Error(`The campaign has no suite ${suite}.`);
    const { options } = recorded;
    const reference = referenceHere(recorded.reference, this.options.directory);
    try {
      const explore = async (worker: TaskWorker): Promise<UnitResult> => {
        const task = { ...taskOf(unit), reference, options };
        return resultOf(await worker.ask(task, nothing, undefined, tooLarge), worker.found);
      };
      return await this.processes.with(this.processName(suite), explore, () => this.checkHere());
    } catch (thrown) {
      if (thrown instanceof TooLarge) return { kind: 'too large' };
      // It would not come back elsewhere either.
      if (!(thrown instanceof WorkerStuck)) throw thrown;
      const stack = thrown.stackOfSuite.map((frame) => `    at ${frame}`).join('\n');
      return { kind: 'failed', code: 'SUITE_STUCK', message: thrown.message, stack, found: [] };
    }
  }

  /** Never returns where the checkout has changed: the unit is not answered for, and so goes to another machine. */
  private async checkHere(): Promise<void> {
    this.hasChanged ||= (await differenceHere(this.record, this.options.directory)) !== undefined;
    if (this.hasChanged) await new Promise<never>(nothing);
  }

  async close(): Promise<void> {
    await this.lanes.close(this.hasChanged);
    await Promise.all(this.queues.map((queue) => queue.close()));
  }

  /** Leaves the units under way to other machines. */
  async abandon(): Promise<void> {
    await isDoneWithin(this.lanes.close(true), PATIENCE_MS);
  }
}

interface Refusal {
  readonly why: string;
  /** When to compare again, by `performance.now()`. */
  readonly untilMs: number;
}

/** A machine that takes units: which campaign it takes part in, and which it refuses. */
class UnitTaker {
  private readonly name = workerName();
  private readonly sinceMs = Date.now();
  private readonly processes: SuiteProcesses;
  private readonly refusals = new Map<string, Refusal>();
  private current: Participation | undefined;
  private doneBefore = 0;

  constructor(
    private readonly connection: Connection,
    private readonly options: TakeOptions,
  ) {
    this.processes = new SuiteProcesses(options.start, options.concurrency * IDLE_PER_PLACE);
  }

  private presence(): Presence {
    const { current } = this;
    return {
      host: this.name,
      pid: process.pid,
      version: VERSION,
      concurrency: this.options.concurrency,
      sinceMs: this.sinceMs,
      done: this.doneBefore + (current?.done ?? 0),
      campaign: current?.data.campaign ?? '',
      refuses: [...this.refusals].map(([campaign, { why }]) => `${campaign}: ${why}`).join('; '),
    };
  }

  /** Undefined: the campaign is over, or not for this machine. */
  private async recordHere(data: CampaignData): Promise<CampaignRecord | undefined> {
    const known = this.refusals.get(data.campaign);
    if (known !== undefined && performance.now() < known.untilMs) return undefined;
    let why: string | undefined;
    try {
      const record = await data.record();
      if (record === undefined) return undefined;
      why = await differenceHere(record, this.options.directory);
      if (why === undefined) return record;
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      why = messageOf(thrown);
    }
    if (known?.why !== why) this.options.say(`Takes no part in campaign ${data.campaign}: ${why}.`);
    this.refusals.set(data.campaign, { why, untilMs: performance.now() + REFUSED_MS });
    return undefined;
  }

  private async leave(): Promise<void> {
    const left = this.current;
    if (left === undefined) return;
    await left.close();
    this.doneBefore += left.done;
    this.current = undefined;
    this.options.say(`Left campaign ${left.data.campaign}: ${left.done} parts explored here.`);
  }

  private async look(): Promise<void> {
    const { current, connection, refusals } = this;
    const campaigns = await connection.store.campaigns();
    for (const name of refusals.keys()) if (!campaigns.includes(name)) refusals.delete(name);
    if (current !== undefined) {
      const isOver = current.hasChanged || !(await current.data.hasRecord());
      if (isOver) await this.leave();
      return;
    }
    for (const name of campaigns) {
      const data = new CampaignData(connection.store, name, connection.key);
      const record = await this.recordHere(data);
      if (record === undefined) continue;
      refusals.delete(name);
      this.options.say(`Takes part in campaign ${name}.`);
      this.current = new Participation(connection, data, record, this.processes, this.options);
      return;
    }
  }

  async run(): Promise<void> {
    const { redis } = this.connection;
    const { signal } = this.options;
    const sayHere = (): Promise<void> => sayPresent(redis, this.name, this.presence());
    const beat = setInterval(() => void sayHere().catch(nothing), BEAT_MS);
    const silent = silentAfter(signal, () => redis.ping()).then(async () => {
      this.options.say('The queue does not answer. The parts under way are left to other workers.');
      await this.current?.abandon();
    });
    const taking = async (): Promise<void> => {
      await sayHere();
      while (!signal.aborted) {
        await this.look();
        await delay(LOOK_MS, undefined, { signal }).catch(nothing);
      }
      await this.leave();
      await sayGone(redis, this.name);
    };
    try {
      await Promise.race([taking(), silent]);
    } finally {
      clearInterval(beat);
      await this.processes.end();
    }
  }
}

/** Takes units until the signal, and finishes those under way. */
export const takeUnits = (connection: Connection, options: TakeOptions): Promise<void> =>
  new UnitTaker(connection, options).run();
