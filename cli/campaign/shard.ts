/**
 * One of several shares of a campaign's units, for machines that share nothing: each explores its share and saves it, and
 * the campaign goes on with what all of them saved.
 */
import { type Part, partsOf } from '../../sim/explore/campaign/parts.js';
import { EMPTY_TALLY, type Tally } from '../../sim/explore/counting/tally.js';
import type { Shard } from '../../sim/result/result.js';
import type { ExploreUnit } from './explorers.js';
import type { CampaignRecord } from './record.js';

/** What stands for a unit that is not explored: the suite has no verdict yet. */
const OF_OTHERS: Tally = {
  ...EMPTY_TALLY,
  doubts: [
    {
      code: 'OTHER_SHARDS',
      message:
        'Other shards explore the rest of it. Copy what all of them saved below .powercut/campaigns into one directory, and give the command without --shard there.',
    },
  ],
};

const keyOf = (suite: number, part: Part): string => `${suite} ${JSON.stringify(part)}`;

/** Passes through a workload build on each other. */
const groupOf = ({ phase, from }: Part): string => `${phase} ${from}`;

/** The parts of a shard. Guided runs are in none: they build on the runs of all. */
const partsOfShard = ({ suites }: CampaignRecord, { index, count }: Shard): ReadonlySet<string> => {
  const parts = new Set<string>();
  let groups = 0;
  for (const [suite, { options }] of suites.entries()) {
    const shards = new Map<string, number>();
    for (const part of partsOf(options)) {
      if (part.isGuided === true) continue;
      const group = groupOf(part);
      const shard = shards.get(group) ?? (groups++ % count) + 1;
      shards.set(group, shard);
      if (shard === index) parts.add(keyOf(suite, part));
    }
  }
  return parts;
};

/** Explores the parts of a shard, and no others, and concludes from these. */
export const exploringShard = (explore: ExploreUnit, record: CampaignRecord, shard: Shard): ExploreUnit => {
  const parts = partsOfShard(record, shard);
  return async (unit, here, limitMs) =>
    'tallies' in unit || parts.has(keyOf(unit.suite, unit.assignment.part))
      ? explore(unit, here, limitMs)
      : { kind: 'explored', tally: OF_OTHERS };
};
