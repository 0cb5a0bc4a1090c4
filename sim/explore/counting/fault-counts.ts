/** Counts how often each planned fault happened: a campaign in which one never did has proved nothing about it. */

import type { LifeRecord } from '../../life/life-record.js';
import type { FaultCount, UndecidedReason } from '../../result/result.js';
import { describeFault, type FaultPlan } from '../../suite/fault-plan.js';

/** Adds how often each plan happened in a life to `fired`. */
export const countFaults = (fired: number[], { world }: LifeRecord): void => {
  world.faults?.fired.forEach((count, plan) => {
    fired[plan] = (fired[plan] ?? 0) + count;
  });
};

/** The planned faults and how often each one happened. */
export const faultsOf = (plans: readonly FaultPlan[], fired: readonly number[]): readonly FaultCount[] =>
  plans.map((plan, index) => ({ plan: describeFault(plan), fired: fired[index] ?? 0 }));

export const doubtsOfFaults = (faults: readonly FaultCount[]): readonly UndecidedReason[] => {
  const never = faults.filter((fault) => fault.fired === 0).map(({ plan }) => `'${plan}'`);
  if (never.length === 0) return [];
  const message =
    `Planned faults never fired: ${never.join(', ')}. ` +
    'The result says nothing about them: choose a call that the program makes.';
  return [{ code: 'FAULT_NEVER_FIRED', message }];
};
