/**
 * The data of one campaign in a byte store, sealed and checked: the record, what came of each unit, how far it is, its outcome.
 * The first result of a unit counts. Later ones are equal, as a unit's result depends on the unit alone.
 */
import { suiteResultFlaw } from '../../reports/result/read-result.js';
import type { SuiteResult } from '../../sim/result/result.js';
import { type Check, isCount, isFields, isFlag, isNatural, listOf, recordOf } from '../messages/checks.js';
import { UsageError } from '../usage-error.js';
import type { ByteStore } from './byte-store.js';
import { isUnitResult, type UnitResult } from './check-result.js';
import { type CampaignRecord, isRecord } from './record.js';
import { type CampaignKey, type Purpose, seal, unseal } from './seal.js';
import { type CampaignUnit, isUnitOf } from './unit.js';

/** How far a campaign is. */
export interface CampaignProgress {
  readonly startedMs: number;
  readonly savedMs: number;
  readonly suites: { readonly done: number; readonly all: number };
  /** Those of all suites; some turn out to be needless. */
  readonly units: { readonly done: number; readonly all: number };
  readonly states: number;
  readonly runs: number;
  readonly violations: number;
}

/** What a campaign found: so far, or in the end. */
export interface CampaignOutcome {
  readonly results: readonly SuiteResult[];
  readonly isComplete: boolean;
  readonly seed: number;
  readonly seconds: number;
}

const isShare = recordOf<CampaignProgress['suites']>({ done: isNatural, all: isNatural });
const isProgress = recordOf<CampaignProgress>({
  startedMs: isCount,
  savedMs: isCount,
  suites: isShare,
  units: isShare,
  states: isNatural,
  runs: isNatural,
  violations: isNatural,
});
const isOutcome = recordOf<CampaignOutcome>({
  results: listOf((value) => isFields(value) && suiteResultFlaw(value) === undefined),
  isComplete: isFlag,
  seed: isNatural,
  seconds: isCount,
});

const STOP = 'stop';
const RECORD = 'record';
const OUTCOME = 'outcome';
const resultName = (unit: string): string => `result.${unit}`;
const unitName = (unit: string): string => `unit.${unit}`;

export class CampaignData {
  constructor(
    private readonly store: ByteStore,
    readonly campaign: string,
    private readonly key: CampaignKey,
  ) {}

  private async read(name: string, purpose: Purpose, check: Check): Promise<unknown> {
    const bytes = await this.store.read(this.campaign, name);
    if (bytes === undefined) return undefined;
    const value = unseal(this.key, purpose, bytes);
    if (check(value)) return value;
    throw new UsageError(
      'QUEUE_DATA_INVALID',
      `'${name}' of campaign '${this.campaign}' is not of the form that Powercut writes.`,
    );
  }

  private write(name: string, purpose: Purpose, value: unknown): Promise<void> {
    return this.store.write(this.campaign, name, seal(this.key, purpose, value));
  }

  /** @throws UsageError QUEUE_DATA_INVALID, as the other readers do */
  async record(): Promise<CampaignRecord | undefined> {
    const value = await this.read(RECORD, 'record', isRecord);
    return isRecord(value) ? value : undefined;
  }

  /** Whether the campaign is under way. */
  hasRecord(): Promise<boolean> {
    return this.store.has(this.campaign, RECORD);
  }

  saveRecord(record: CampaignRecord): Promise<void> {
    return this.write(RECORD, 'record', record);
  }

  async result(unit: string): Promise<UnitResult | undefined> {
    const value = await this.read(resultName(unit), `result ${unit}`, isUnitResult);
    return isUnitResult(value) ? value : undefined;
  }

  /** Whether there is one, good or not. */
  hasResult(unit: string): Promise<boolean> {
    return this.store.has(this.campaign, resultName(unit));
  }

  async saveResult(unit: string, result: UnitResult): Promise<void> {
    await this.write(resultName(unit), `result ${unit}`, result);
    await this.store.remove(this.campaign, unitName(unit));
  }

  removeResult(unit: string): Promise<void> {
    return this.store.remove(this.campaign, resultName(unit));
  }

  /** Undefined: somebody has finished it. */
  async unit(name: string, record: CampaignRecord): Promise<CampaignUnit | undefined> {
    const value = await this.read(unitName(name), `unit ${name}`, (one) => isUnitOf(one, record));
    return isUnitOf(value, record) ? value : undefined;
  }

  saveUnit(name: string, unit: CampaignUnit): Promise<void> {
    return this.write(unitName(name), `unit ${name}`, unit);
  }

  async progress(): Promise<CampaignProgress | undefined> {
    const value = await this.read('progress', 'progress', isProgress);
    return value as CampaignProgress | undefined; // as it was checked
  }

  saveProgress(progress: CampaignProgress): Promise<void> {
    return this.write('progress', 'progress', progress);
  }

  async outcome(): Promise<CampaignOutcome | undefined> {
    const value = await this.read(OUTCOME, 'outcome', isOutcome);
    return value as CampaignOutcome | undefined; // as it was checked
  }

  saveOutcome(outcome: CampaignOutcome): Promise<void> {
    return this.write(OUTCOME, 'outcome', outcome);
  }

  /** Asks the process that runs the campaign to stop it. */
  requestStop(): Promise<void> {
    return this.store.write(this.campaign, STOP, new Uint8Array());
  }

  isStopRequested(): Promise<boolean> {
    return this.store.has(this.campaign, STOP);
  }

  forgetStop(): Promise<void> {
    return this.store.remove(this.campaign, STOP);
  }

  /**
   * The campaign is over: keeps its outcome, and forgets all else. Killed at any step, it leaves the outcome, or what is needed to
   * reach it again.
   */
  async end(outcome: CampaignOutcome | undefined): Promise<void> {
    if (outcome === undefined) return this.store.clear(this.campaign);
    await this.saveOutcome(outcome);
    // Without its record it is under way no more.
    await this.store.remove(this.campaign, RECORD);
    await this.store.clear(this.campaign, OUTCOME);
  }
}
