import { expect, test } from 'vitest';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { drive } from '../../sim/life/drive.js';
import type { Json } from '../../sim/suite/suite.js';
import type { BankCommand } from '../arbitraries/bank-commands.js';
import { shippedSuites } from './index.js';

const WORKLOAD: readonly BankCommand[] = [
  { type: 'open', account: 'a', owner: 'Ann' },
  { type: 'deposit', account: 'a', cents: 500 },
  { type: 'restart' },
  { type: 'close', account: 'a' },
];

/** Far more power cuts in a row than it takes until nothing new is left. */
const DEPTH = 50;

test.each(
  shippedSuites.filter(({ expected }) => expected === 'safe').map((suite) => [suite.name, suite] as const),
)('explore: %s survives every power cut, and every one in its recovery, to any depth', async (_, suite) => {
  const { findings, closed, sampled } = await drive(
    explore(suite, WORKLOAD satisfies readonly Json[], {
      model: diskModel('posix'),
      depth: DEPTH,
      commandsAfterCrash: 1,
      imageBudget: 1024,
      lifeBudget: 10_000,
      stopped: () => undefined,
    }),
  );
  expect(findings).toEqual([]);
  expect({ closed, sampled }).toEqual({ closed: true, sampled: false });
});
