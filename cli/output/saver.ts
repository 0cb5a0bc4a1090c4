/**
 * Saves the results of a campaign as they arrive, in one whole file. A later suite, signal or full disk removes nothing of
 * them.
 */
import { printableJson } from '../../reports/format.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { UsageError } from '../usage-error.js';
import type { Outputs } from './atomic-outputs.js';

export class Saver {
  private saving: Promise<void> = Promise.resolve();
  private waiting: CampaignResult | undefined;
  /** What kept the last one from being saved. */
  private failure: UsageError | undefined;

  constructor(
    private readonly outputs: Outputs,
    private readonly paths: readonly string[],
  ) {}

  /** Saves a result in the place of the ones before it. One that is not yet begun when a newer one comes is left out. */
  save(result: CampaignResult): void {
    const isQueued = this.waiting !== undefined;
    this.waiting = result;
    if (!isQueued) this.saving = this.saving.then(() => this.saveWaiting());
  }

  private async saveWaiting(): Promise<void> {
    const result = this.waiting;
    this.waiting = undefined;
    if (result === undefined) return;
    this.failure = undefined;
    const text = `${printableJson(result, 1)}\n`;
    // Each by itself: where one can't be written, the other is all that is left.
    for (const path of this.paths) {
      try {
        await this.outputs.write(new Map([[path, text]]));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        this.failure ??= error;
      }
    }
  }

  /** Waits until all is saved. Returns what failed. */
  async saved(): Promise<UsageError | undefined> {
    await this.saving;
    return this.failure;
  }
}
