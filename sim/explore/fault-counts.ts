/** Counts how often each planned fault happened: a campaign in which one never did has proved nothing about it. */
import { describeFault, type FaultPlan } from '../disk/fault-plan.js';
import type { SuiteResult } from '../result.js';
import type { LifeRecord } from './live.js';

export class FaultCounts {
  private readonly fired: number[];

  constructor(private readonly plans: readonly FaultPlan[]) {
    this.fired = plans.map(() => 0);
  }

  add({ world }: LifeRecord): void {
    world.faults?.fired.forEach((count, index) => {
      this.fired[index] = (this.fired[index] ?? 0) + count;
    });
  }

  /** What a result says of its faults: nothing where none was planned. */
  result(): Pick<SuiteResult, 'faults' | 'void'> {
    if (this.plans.length === 0) return {};
    const faults = this.plans.map((plan, index) => ({
      plan: describeFault(plan),
      fired: this.fired[index] ?? 0,
    }));
    const never = faults.filter(({ fired }) => fired === 0).map(({ plan }) => `'${plan}'`);
    if (never.length === 0) return { faults };
    const message =
      `What was planned to go wrong never did: ${never.join(', ')}. ` +
      'Nothing is proved about it: choose a call that the program makes.';
    return { faults, void: { code: 'FAULT_NEVER_FIRED', message } };
  }
}
