/** The lanes of the shipped designs: the parts of the system that a timeline shows are found in call sites and files alone. */
import { describe, expect, it } from 'vitest';
import { shippedSuites } from '../properties/suites/index.js';
import { distinctLanes, type Laned, lanesOf } from '../reports/timeline-lanes.js';
import { replay } from '../sim/replay/replay.js';
import { encodeToken } from '../sim/replay/token.js';
import type { Json, Suite } from '../sim/suite/suite.js';

const WORKLOAD: readonly Json[] = [
  { type: 'open', account: 'a', owner: 'Ann' },
  { type: 'deposit', account: 'a', cents: 2000 },
];

/** Two lives: the power fails in the first one, and nothing is lost. */
const lanesIn = async (suite: Suite): Promise<readonly Laned[]> => {
  const crashes = [{ at: 20, lost: [], fill: 'zero' as const }];
  const tape = { workload: WORKLOAD, crashes, commandsAfterCrash: 2 };
  const token = encodeToken({ suite: suite.name, disk: 'posix', tape, digest: '' });
  return lanesOf((await replay(token, [suite])).trace);
};

const CLIENT = ['client', 'event-store'];
const STORE = [...CLIENT, 'command-handler'];
/** The bus, and where the letters arrive. */
const BUS = ['message-bus', 'outside'];

/** `balances` and `letters` are listeners, by their files; `read-models` is what syncs a directory for several of them. */
const LANES: Readonly<Record<string, readonly string[]>> = {
  'publish-after-save': [...STORE, 'balances', ...BUS],
  'rebuild-on-dirty-start': [...STORE, 'balances', 'clean-shutdown', ...BUS, 'feeder'],
  'sync-on-start': [...STORE, 'balances', 'letters', ...BUS, 'read-models', 'feeder'],
  'one-transaction': [...CLIENT, ...BUS],
  'listener-positions': [...STORE, 'balances', 'letters', 'feeder', ...BUS, 'read-models'],
  'checkpointed-feeder': [...STORE, 'balances', 'feeder', ...BUS],
};

it.each(shippedSuites.map((suite) => ({ name: suite.name, suite })))(
  'lanesOf: $name has a lane for each of its parts that acts, or through which another acts',
  async ({ name, suite }) => {
    expect(distinctLanes(await lanesIn(suite)).toSorted()).toEqual(LANES[name]?.toSorted());
  },
);

describe('lanesOf: the ways of checkpointed-feeder', () => {
  it('lead from the client to the store, and from the feeder to its checkpoint, to listeners and through the bus', async () => {
    const [suite] = shippedSuites.filter(({ name }) => name === 'checkpointed-feeder');
    if (suite === undefined) throw new Error('It is shipped.');
    const ways = (await lanesIn(suite)).map(({ lane, by }) => [...by, lane].join(' → '));
    expect([...new Set(ways)].filter((way) => way.includes(' → ')).toSorted()).toEqual([
      'client → command-handler → event-store',
      'feeder → balances',
      'feeder → event-store',
      'feeder → message-bus → outside',
    ]);
  });
});
