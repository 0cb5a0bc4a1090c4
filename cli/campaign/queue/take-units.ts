/**
 * The machine's side of a queue: takes units of the oldest campaign whose suites this checkout has, explores each in a worker
 * process, and saves what came of it. Suites come from the checkout only, never from the queue.
 */
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
import { type Connection, eachOnce, PREFIX } from './connection.js';
import type { QueueWorker } from './engine.js';
import { BEAT_MS, type Presence, sayGone, sayPresent, workerName } from './presence.js';
import { SuiteProcesses } from './suite-processes.js';
import { REFUSED } from './unit-queue.js';

/** Workers look for campaigns this often. */
const LOOK_MS = 1_000;
/** A suite's process is started ahead of need for no suite; some wait for their suite's next unit. */
const IDLE_PER_PLACE = 2;

export interface TakeOptions {
  readonly directory: string;
  /** Units explored at once. */
  readonly concurrency: number;
  /** A unit whose worker is silent this long is given to another one, in milliseconds. */
  readonly stallMs: number;
  /** After how many such workers a unit is parked instead. */
  readonly stallsMax: number;
  readonly start: () => TaskWorker;
  /** Ends it when the units under way are explored. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const nothing = (): void => undefined;

/** A part has a generation of crash states that is too large for one machine. */
class TooLarge extends Error {}

const tooLarge = (): Promise<never> => Promise.reject(new TooLarge());

/** The units of one campaign, while this machine takes part in it. */
class Participation {
  private readonly worker: QueueWorker;
  done = 0;
  /** The checkout has changed since: nothing that is explored here counts any more. */
  hasChanged = false;

  constructor(
    { engine, redis }: Connection,
    readonly data: CampaignData,
    private readonly record: CampaignRecord,
    private readonly processes: SuiteProcesses,
    private readonly options: TakeOptions,
  ) {
    const { concurrency, stallMs, stallsMax } = options;
    const take = async ({ id }: { readonly id?: string | undefined }): Promise<void> => {
      try {
        await this.explore(id ?? '');
      } catch (thrown) {
        const isRefused = thrown instanceof UsageError && thrown.code === REFUSED;
        throw isRefused ? new engine.UnrecoverableError(`${REFUSED}: ${thrown.message}`) : thrown;
      }
    };
    this.worker = new engine.Worker(data.campaign, take, {
      connection: redis,
      prefix: PREFIX,
      concurrency,
      lockDuration: stallMs,
      stalledInterval: stallMs,
      maxStalledCount: stallsMax - 1,
    });
    this.worker.on('error', eachOnce(options.say));
  }

  private async explore(name: string): Promise<void> {
    const unit = await this.data.unit(name, this.record);
    if (unit === undefined) return;
    const result = await this.resultOf(unit);
    await this.data.saveResult(name, result);
    this.done += 1;
  }

  /** @throws WorkerDied, after which the unit may be explored by another machine */
  private async resultOf({ suite, assignment, slice }: CampaignUnit): Promise<UnitResult> {
    const recorded = this.record.suites[suite];
    if (recorded === undefined) throw new Error(`The campaign has no suite ${suite}.`);
    const { options } = recorded;
    const reference = referenceHere(recorded.reference, this.options.directory);
    try {
      const explore = async (worker: TaskWorker): Promise<UnitResult> => {
        const { part } = assignment;
        const task =
          slice === undefined
            ? ({ kind: 'explore', reference, options, ...assignment, handsOut: true } as const)
            : ({ kind: 'slice', reference, options, part, slice } as const);
        return resultOf(await worker.ask(task, nothing, undefined, tooLarge), worker.found);
      };
      return await this.processes.with(`${this.data.campaign} ${suite}`, explore, () => this.checkHere());
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

  close(): Promise<void> {
    return this.worker.close(this.hasChanged);
  }
}

/** Takes units until the signal, and finishes those under way. */
export const takeUnits = async (connection: Connection, options: TakeOptions): Promise<void> => {
  const { redis, store, key } = connection;
  const { directory, concurrency, signal, say } = options;
  const worker = workerName();
  const sinceMs = Date.now();
  const processes = new SuiteProcesses(options.start, concurrency * IDLE_PER_PLACE);
  const differences = new Map<string, string>();
  let current: Participation | undefined;
  let doneBefore = 0;

  const presence = (): Presence => ({
    host: worker,
    pid: process.pid,
    version: VERSION,
    concurrency,
    sinceMs,
    done: doneBefore + (current?.done ?? 0),
    campaign: current?.data.campaign ?? '',
    refuses: [...differences].map(([campaign, why]) => `${campaign}: ${why}`).join('; '),
  });
  const beat = setInterval(() => void sayPresent(redis, worker, presence()).catch(nothing), BEAT_MS);

  /** Undefined: the campaign is over, or not for this machine. */
  const recordHere = async (data: CampaignData): Promise<CampaignRecord | undefined> => {
    let why: string | undefined;
    try {
      const record = await data.record();
      if (record === undefined) return undefined;
      why = await differenceHere(record, directory);
      if (why === undefined) return record;
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      why = messageOf(thrown);
    }
    if (differences.get(data.campaign) !== why) say(`Takes no part in campaign ${data.campaign}: ${why}.`);
    differences.set(data.campaign, why);
    return undefined;
  };

  const leave = async (): Promise<void> => {
    const left = current;
    if (left === undefined) return;
    await left.close();
    doneBefore += left.done;
    current = undefined;
    say(`Left campaign ${left.data.campaign}: ${left.done} parts explored here.`);
  };

  const look = async (): Promise<void> => {
    const campaigns = await store.campaigns();
    for (const name of differences.keys()) if (!campaigns.includes(name)) differences.delete(name);
    if (current !== undefined) {
      const isOver = current.hasChanged || !(await current.data.hasRecord());
      if (isOver) await leave();
      return;
    }
    for (const name of campaigns) {
      const data = new CampaignData(store, name, key);
      const record = await recordHere(data);
      if (record === undefined) continue;
      differences.delete(name);
      say(`Takes part in campaign ${name}.`);
      current = new Participation(connection, data, record, processes, options);
      return;
    }
  };

  try {
    await sayPresent(redis, worker, presence());
    while (!signal.aborted) {
      await look();
      await delay(LOOK_MS, undefined, { signal }).catch(nothing);
    }
    await leave();
    await sayGone(redis, worker);
  } finally {
    clearInterval(beat);
    await processes.end();
  }
};
