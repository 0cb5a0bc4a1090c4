/** Running means and maxima of what lives cost, by name. */

import type { LifeRecord } from '../../life/life-record.js';
import type { Cost } from '../../result/result.js';

export interface Sum {
  readonly total: number;
  readonly count: number;
  readonly max: number;
}

export class Statistics {
  readonly sums = new Map<string, Sum>();

  add(name: string, value: number): void {
    const { total, count, max } = this.sums.get(name) ?? {
      total: 0,
      count: 0,
      max: Number.NEGATIVE_INFINITY,
    };
    this.sums.set(name, { total: total + value, count: count + 1, max: Math.max(max, value) });
  }

  addAll(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.add(name, value);
  }
}

export const costsOf = (sums: ReadonlyMap<string, Sum>): Record<string, Cost> =>
  Object.fromEntries(
    [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { total, count, max }]) => [name, { mean: total / count, max }]),
  );

const SYNCS = new Set(['fsync', 'fdatasync']);

const countOf = (life: LifeRecord, from: number, to: number, operations: ReadonlySet<string>): number =>
  life.world.steps.slice(from, to).filter((step) => operations.has(step.operation)).length;

/** What a life without a crash cost per command, by the simulator's count. */
export const costsPerCommand = (life: LifeRecord, commands: number): Record<string, number> => {
  if (commands === 0) return {};
  const { steps } = life.world;
  const from = life.recoverySteps;
  const worldSteps = steps
    .slice(from)
    .filter(({ operation }) => !['send', 'acknowledge', 'reject', 'observe'].includes(operation));
  return {
    fsyncsPerCommand: countOf(life, from, steps.length, SYNCS) / commands,
    writesPerCommand: countOf(life, from, steps.length, new Set(['write'])) / commands,
    stepsPerCommand: worldSteps.length / commands,
  };
};

/** What a recovery cost, by the simulator's count. */
export const costsOfRecovery = (life: LifeRecord): Record<string, number> => {
  const steps = life.world.steps.slice(0, life.recoverySteps);
  const read = steps.filter(({ operation }) => operation === 'read');
  return {
    recoverySteps: steps.length,
    recoveryBytesRead: read.reduce((sum, { result }) => sum + (typeof result === 'number' ? result : 0), 0),
    recoveryFsyncs: countOf(life, 0, life.recoverySteps, SYNCS),
  };
};
