/** `powercut campaign` without a queue: one machine, with a memory of what is explored. */
import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readResult } from '../reports/result/read-result.js';
import { commandForTests } from './testing/command.js';
import { ALWAYS_BROKEN, hostileText } from './testing/hostile/suite-file.js';

const BOUNDS = ['--runs', '150', '--workloads', '3', '--max-crashes', '2', '--no-corpus', '--workers', '1'];
const TEST_MS_MAX = 180_000;

const command = commandForTests();

/** Writes a suite of a counter, and returns its file. */
const writeSuite = async (name: string): Promise<string> => {
  const file = `${name}.suite.mjs`;
  await writeFile(join(command.directory, file), hostileText({ name, verdict: 'holds' }, command.library));
  return file;
};

const digestIn = async (file: string): Promise<string | undefined> =>
  readResult(await readFile(join(command.directory, file), 'utf8'), file).suites[0]?.digest;

/** Units of all campaigns that are saved. */
const saved = async (): Promise<readonly string[]> => {
  const root = join(command.directory, '.powercut', 'campaigns');
  const names = await readdir(root, { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes('result.'));
};

describe('powercut campaign start', () => {
  test(
    'killed and started again goes on with what is left, and finds what powercut run finds',
    async () => {
      const suite = await writeSuite('counter');
      const whole = await command.run(['run', suite, ...BOUNDS, '--json', 'run.json']);
      const started = command.start(['campaign', 'start', suite, ...BOUNDS]);
      await vi.waitUntil(async () => (await saved()).length >= 2, { timeout: 60_000 });
      started.child.kill('SIGKILL');
      await started.ended;
      const before = await saved();
      expect(before.length).toBeGreaterThan(1);
      const again = await command.run(['campaign', 'start', suite, ...BOUNDS, '--json', 'campaign.json']);
      expect(again.code).toBe(whole.code);
      expect(again.err).toContain('goes on: explored parts are not explored again');
      expect(await digestIn('campaign.json')).toBe(await digestIn('run.json'));
      expect(await saved()).toEqual([]);
      const result = await command.run(['campaign', 'result', '--json', 'result.json']);
      expect(result.code).toBe(whole.code);
      expect(await digestIn('result.json')).toBe(await digestIn('run.json'));
    },
    TEST_MS_MAX,
  );

  test(
    'in shards, on machines that share nothing, finds what powercut run finds',
    async () => {
      const suite = await writeSuite('shared');
      await command.run(['run', suite, ...BOUNDS, '--json', 'run.json']);
      const campaigns = join(command.directory, '.powercut', 'campaigns');
      const shards: string[] = [];
      for (const index of [1, 2, 3]) {
        const shard = await command.run(['campaign', 'start', suite, ...BOUNDS, '--shard', `${index}/3`]);
        expect(shard.err).toContain(`Shard ${index} of 3`);
        expect(shard.err).toContain('undecided: Other shards explore the rest of it.');
        expect(shard.code).toBe(3);
        const machine = join(command.directory, `machine-${index}`);
        await rename(campaigns, machine);
        shards.push(machine);
      }
      for (const machine of shards) await cp(machine, campaigns, { recursive: true });
      const units = (await saved()).length;
      const whole = await command.run(['campaign', 'start', suite, ...BOUNDS, '--json', 'campaign.json']);
      expect(whole.err).toContain('goes on: explored parts are not explored again');
      expect(await digestIn('campaign.json')).toBe(await digestIn('run.json'));
      // Three workloads, and more than one range of random runs.
      expect(units).toBeGreaterThan(4);
    },
    TEST_MS_MAX,
  );

  test(
    'in a shard that finds a violation ends with 1',
    async () => {
      const file = 'losing.suite.mjs';
      const text = hostileText(
        { name: 'losing', check: ALWAYS_BROKEN, verdict: 'violated' },
        command.library,
      );
      await writeFile(join(command.directory, file), text);
      const shard = await command.run(['campaign', 'start', file, ...BOUNDS, '--shard', '1/2']);
      expect(shard.code).toBe(1);
    },
    TEST_MS_MAX,
  );

  test(
    'of another suite under the same name is refused',
    async () => {
      const started = command.start([
        'campaign',
        'start',
        await writeSuite('counter'),
        '--name',
        'n',
        ...BOUNDS,
      ]);
      await vi.waitUntil(async () => (await saved()).length >= 1, { timeout: 60_000 });
      started.child.kill('SIGKILL');
      await started.ended;
      const other = await command.run([
        'campaign',
        'start',
        await writeSuite('other'),
        '--name',
        'n',
        ...BOUNDS,
      ]);
      expect(other.err).toContain('(CAMPAIGN_DIFFERS)');
      expect(other.code).toBe(2);
      const status = await command.run(['campaign', 'status']);
      expect(status.out).toMatch(/^n: /);
      const stopped = await command.run(['campaign', 'stop', 'n']);
      expect(stopped.code).toBe(0);
      expect(await saved()).toEqual([]);
    },
    TEST_MS_MAX,
  );
});

describe('powercut worker', () => {
  test('says what to install where there is no BullMQ, and where there is no Redis', async () => {
    const missing = await command.run(['worker', '--queue', 'redis://127.0.0.1:1']);
    expect(missing.err).toContain('npm install --save-dev bullmq ioredis. (QUEUE_NOT_INSTALLED)');
    expect(missing.code).toBe(2);
    const foreign = await command.run(['worker', '--queue', 'redis://queue.example']);
    expect(foreign.err).toContain('(CAMPAIGN_KEY_MISSING)');
    const wrong = await command.run(['campaign', 'status', '--queue', 'http://localhost']);
    expect(wrong.err).toContain('(USAGE)');
  });
});
