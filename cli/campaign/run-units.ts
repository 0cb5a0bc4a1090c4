/**
 * Explores suites as a campaign: unit by unit, each saved when it is explored. Started again after whatever ended it, it explores
 * what is left. The result is what `powercut run` gives.
 */

import { setMaxListeners } from 'node:events';
import { partsOf } from '../../sim/explore/campaign/parts.js';
import { EMPTY_TALLY, type Tally } from '../../sim/explore/counting/tally.js';
import type { Shard, StopReason, SuiteResult } from '../../sim/result/result.js';
import { UsageError } from '../usage-error.js';
import type { Explore } from '../workers/pool.js';
import { WorkerLate } from '../workers/worker-process.js';
import type { CampaignData, CampaignOutcome, CampaignProgress } from './campaign-data.js';
import type { UnitResult } from './check-result.js';
import { type ExploreUnit, Places, SuiteExplorer } from './explorers.js';
import { isDoneWithin, PATIENCE_MS } from './queue/patience.js';
import { type CampaignRecord, nameOfRecord, recordOfUnits } from './record.js';
import { exploringShard } from './shard.js';
import { nameOfUnit } from './unit.js';

/** Progress is saved, and a request to stop noticed, this often. */
const SAVE_MS = 1_000;

/** Where units are explored, apart from where they are saved. */
export interface UnitPlace {
  /** What is known of a campaign, by its name. */
  readonly data: (campaign: string) => CampaignData;
  /** Opened when the campaign is known: on which machines its units are explored. Undefined: on this one. */
  readonly open?: (data: CampaignData, suites: number) => OpenPlace;
}

export interface OpenPlace {
  readonly explore: ExploreUnit;
  /** Called when the campaign is over: nothing of it is to be explored any more. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface CampaignSettings {
  /** Default: a name made from what the campaign is. */
  readonly name?: string;
  readonly directory: string;
  /** Units that are explored or wait at once. */
  readonly inFlight: number;
  /** Tasks done on this machine at once. */
  readonly workers: number;
  /** Explore only these units. Others, and those that build on them, are left. */
  readonly shard?: Shard;
  readonly say: (line: string) => void;
}

const INTERRUPTING: readonly StopReason['kind'][] = ['time', 'interruption'];

const isCutShort = (result: UnitResult): boolean =>
  (result.kind === 'explored' && result.tally.cutShort !== undefined) ||
  (result.kind === 'counted' &&
    result.counted.explored.stops.some(({ kind }) => INTERRUPTING.includes(kind)));

/** Explores a unit here and saves what came of it, unless that is known. Conclusions are made again. */
export const exploringHere =
  (data: CampaignData): ExploreUnit =>
  async (unit, here) => {
    if ('tallies' in unit) return here();
    const name = nameOfUnit(unit);
    const known = await data.result(name);
    if (known !== undefined) return known;
    const result = await here();
    // What was cut short is explored again, from its beginning.
    if (!isCutShort(result)) await data.saveResult(name, result);
    return result;
  };

const INTERRUPTION: StopReason = { kind: 'interruption' };
const INTERRUPTED: Tally = { ...EMPTY_TALLY, cutShort: INTERRUPTION, stops: [INTERRUPTION] };

/** Waits no longer than until the signal or the limit: others may explore a unit for as long as it takes. */
const unlessStopped =
  (explore: ExploreUnit, signal: AbortSignal): ExploreUnit =>
  async (unit, here, limitMs) => {
    const ending = new AbortController();
    const stop = new Promise<'stopped'>((resolve) => {
      if (signal.aborted) resolve('stopped');
      signal.addEventListener('abort', () => resolve('stopped'), { signal: ending.signal });
    });
    const late = new Promise<never>((_, reject) => {
      if (limitMs === undefined) return;
      const timer = setTimeout(
        () => reject(new WorkerLate('waiting for a machine of the campaign')),
        Math.max(0, limitMs),
      );
      ending.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const explored = explore(unit, here, limitMs);
    // What is not waited for any more may fail.
    explored.catch(() => undefined);
    try {
      const result = await Promise.race([explored, stop, late]);
      return result === 'stopped' ? { kind: 'explored', tally: INTERRUPTED } : result;
    } finally {
      ending.abort();
    }
  };

/** Holds the campaign against the one that is saved under its name. @throws UsageError CAMPAIGN_DIFFERS */
const begin = async (
  data: CampaignData,
  record: CampaignRecord,
  settings: CampaignSettings,
): Promise<void> => {
  const known = await data.record();
  const isSame = known === undefined || nameOfRecord(known) === nameOfRecord(record);
  if (!isSame)
    throw new UsageError(
      'CAMPAIGN_DIFFERS',
      `Campaign '${data.campaign}' was started with other suites, options or code. Give this one another --name, or end that one: powercut campaign stop ${data.campaign}.`,
    );
  await data.forgetStop();
  await data.saveRecord(record);
  settings.say(
    known === undefined
      ? `Campaign ${data.campaign} begins.`
      : `Campaign ${data.campaign} goes on: explored parts are not explored again.`,
  );
};

/** Counts what comes in. */
class Counting {
  private readonly startedMs = Date.now();
  private suitesDone = 0;
  private unitsDone = 0;
  private states = 0;
  private runs = 0;
  private readonly broken = new Set<string>();
  private readonly suites: number;
  private readonly units: number;

  constructor({ suites }: CampaignRecord) {
    this.suites = suites.length;
    this.units = suites.reduce((all, { options }) => all + partsOf(options).length, 0);
  }

  readonly explored = (tally: Tally): void => {
    this.unitsDone += 1;
    this.states += tally.distinct;
    this.runs += tally.runs;
    for (const name of tally.seen.keys()) this.broken.add(name);
  };

  concluded(): void {
    this.suitesDone += 1;
  }

  progress(): CampaignProgress {
    return {
      startedMs: this.startedMs,
      savedMs: Date.now(),
      suites: { done: this.suitesDone, all: this.suites },
      units: { done: this.unitsDone, all: this.units },
      states: this.states,
      runs: this.runs,
      violations: this.broken.size,
    };
  }
}

/** Saves what a campaign found, and what it takes to go on with it if it is not complete. */
const finish = async (
  data: CampaignData,
  outcome: CampaignOutcome,
  place: OpenPlace | undefined,
  { signal, shard, say }: Pick<CampaignSettings, 'shard' | 'say'> & { readonly signal: AbortSignal },
): Promise<void> => {
  if (outcome.isComplete) {
    await place?.clear();
    await data.end(outcome);
    return;
  }
  if (shard !== undefined && !signal.aborted)
    say(`Shard ${shard.index} of ${shard.count} of campaign ${data.campaign} is explored and saved.`);
  else say(`Campaign ${data.campaign} is not complete. The same command goes on with it.`);
  const saved = data.saveOutcome(outcome);
  // A queue that is gone may come back. Who has asked it to stop need not wait for that.
  if (!signal.aborted) await saved;
  else if (!(await isDoneWithin(saved, PATIENCE_MS)))
    say('The queue does not answer. Its findings are in the result of this command only.');
};

/** `explore` of the command line, unit by unit. */
export const exploreAsCampaign =
  (explore: Explore, place: UnitPlace, settings: CampaignSettings): Explore =>
  async (units, options) => {
    const { directory, inFlight, shard, say } = settings;
    const record = await recordOfUnits(units, directory);
    const data = place.data(settings.name ?? nameOfRecord(record));
    await begin(data, record, settings);
    const opened = place.open?.(data, units.length);
    const counting = new Counting(record);
    const stopped = new AbortController();
    const signal = AbortSignal.any([options.signal, stopped.signal]);
    // Each unit in flight listens.
    setMaxListeners(0, signal);
    const save = async (): Promise<void> => {
      await data.saveProgress(counting.progress());
      if (await data.isStopRequested()) stopped.abort();
    };
    const saving = setInterval(() => void save().catch(() => undefined), SAVE_MS); // tried again soon
    const exploreAny = opened === undefined ? exploringHere(data) : unlessStopped(opened.explore, signal);
    const exploreUnit = shard === undefined ? exploreAny : exploringShard(exploreAny, record, shard);
    const places = new Places(settings.workers);
    const startedMs = performance.now();
    const found: SuiteResult[] = [];
    try {
      const results = await explore(units, {
        ...options,
        signal,
        workers: inFlight,
        explorerOf: (unit, start) =>
          new SuiteExplorer(
            { place: units.indexOf(unit), name: unit.suite.name },
            exploreUnit,
            start,
            places,
            counting.explored,
          ),
        onResult: (result) => {
          counting.concluded();
          found.push(result);
          options.onResult(result);
        },
      });
      const outcome = {
        results: found,
        isComplete: shard === undefined && !signal.aborted && results.every((result) => result !== undefined),
        seed: units[0]?.options.seed ?? 0,
        seconds: (performance.now() - startedMs) / 1000,
      };
      await finish(data, outcome, opened, { signal, say, ...(shard === undefined ? {} : { shard }) });
      return results;
    } finally {
      clearInterval(saving);
      await opened?.close();
    }
  };
