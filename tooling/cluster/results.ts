/** Results of a campaign as they are compared: all of them but times. */
import type { CampaignResult } from '../../sim/result/result.js';

const isTime = (name: string): boolean => name === 'seconds' || name === 'time';

/** The first place at which two values differ, apart from times; undefined where there is none. */
const differenceOf = (one: unknown, other: unknown, path: string): string | undefined => {
  if (Object.is(one, other)) return undefined;
  const isObject = typeof one === 'object' && one !== null && typeof other === 'object' && other !== null;
  if (!isObject) return `${path}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  for (const name of names) {
    if (isTime(name)) continue;
    const difference = differenceOf(Reflect.get(one, name), Reflect.get(other, name), `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
};

/** @throws Error naming the first difference: digests, counts, coverage, findings and stories are all compared */
export const mustBeEqual = (one: CampaignResult, other: CampaignResult): void => {
  if (one.suites.length === 0) throw new Error('Nothing was explored.');
  for (const [index, suite] of one.suites.entries()) {
    const difference = differenceOf(suite, other.suites[index], suite.name);
    if (difference !== undefined) throw new Error(`The results differ. ${difference}`);
  }
  const difference = differenceOf(one.suites.length, other.suites.length, 'suites');
  if (difference !== undefined) throw new Error(difference);
};
