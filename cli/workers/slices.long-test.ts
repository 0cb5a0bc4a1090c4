/** Large workloads over several worker processes: their slices are explored by all of them. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Unit } from '../messages/messages.js';
import { commandForTests } from '../testing/command.js';
import { exploreInWorkers } from './pool.js';

const command = commandForTests();

/** Names that no fsync of their directory covers: a crash leaves any of them. `check` is what the invariant does. */
const suiteText = (check: string): string => `
import { defineSuite, fc } from ${JSON.stringify(command.library)};
export default defineSuite({
  name: 'many states',
  boot: (env) => env.fs,
  commands: fc.constant(['fill']),
  perform: async (fs) => {
    for (let file = 0; file < 6; file++) {
      const handle = await fs.open('/f' + file, 'w');
      await handle.write('x');
      await handle.sync();
      await handle.close();
    }
  },
  limits: { livesPerWorkload: 100000, commandsAfterCrash: 0 },
  invariants: [{ name: 'some', statement: 'Some check.', check: async (_, fs) => { ${check} } }],
});
`;

const explored = async (check: string, workers: number): Promise<SuiteResult | undefined> => {
  const path = join(command.directory, 'many.suite.mjs');
  await writeFile(path, suiteText(check));
  const unit: Unit = {
    reference: { kind: 'file', url: pathToFileURL(path).href, argument: 'many.suite.mjs', index: 0 },
    suite: { name: 'many states', expected: 'safe', disk: 'posix', invariants: 1 },
    options: { seed: 1, runs: 0, workloads: 1, commands: 8, depth: 1, bail: false, sliceStates: 40 },
  };
  const [result] = await exploreInWorkers([unit], {
    workers,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onResult: () => undefined,
    onTrouble: () => undefined,
    silentMsMax: 4_000,
    worker: pathToFileURL(join(dirname(command.main), 'worker', 'worker.js')),
  });
  return result;
};

/** Without times. */
const untimed = (result: SuiteResult | undefined): object | undefined =>
  result && { ...result, exploration: { ...result.exploration, seconds: 0 } };

const READS = `
  const names = await fs.readdir('/');
  for (const name of names) await fs.readFile('/' + name, 'utf8');`;

describe('exploreInWorkers: a workload in slices', () => {
  test('finds the same with one worker process and with three', async () => {
    const check = `${READS} return names.length === 5 && !names.includes('f0') ? 'f0 alone is lost' : undefined;`;
    const one = await explored(check, 1);
    const three = await explored(check, 3);
    expect(one?.violations).toHaveLength(1);
    expect(one?.exploration.images.distinct).toBeGreaterThan(80);
    expect(untimed(three)).toEqual(untimed(one));
  }, 120_000);

  test('is undecided where a slice fails, and keeps nothing waiting', async () => {
    const check = `${READS} if (names.length === 5) for (;;) ; return undefined;`;
    const result = await explored(check, 3);
    expect(result).toMatchObject({ verdict: 'undecided' });
  }, 180_000);
});
