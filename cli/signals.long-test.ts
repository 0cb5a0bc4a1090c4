/** What ends a campaign from outside, as users meet it: signals, the death of its process, full devices, and its time. */
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { commandForTests, type Started } from './testing/command.js';
import { suiteFile } from './testing/compiled.js';
import { type HostileSuite, hostileText } from './testing/hostile/suite-file.js';
import { isRunning } from './testing/is-running.js';

const ENDLESS = ['--workers', '1', '--runs', '100000', '--workloads', '1', '--no-corpus'];
const SMALL = ['--runs', '2', '--workloads', '1', '--depth', '1', '--no-corpus'];
const STARTING_MS_MAX = 40_000;
const TEST_MS_MAX = 120_000;

const command = commandForTests();

const writeSuite = async (suite: Omit<HostileSuite, 'verdict'>): Promise<string> => {
  const file = `${suite.name}.suite.mjs`;
  await writeFile(
    join(command.directory, file),
    hostileText({ ...suite, verdict: 'undecided' }, command.library),
  );
  return file;
};

/** Resolves with the process in which a life of the announced suite has begun. */
const begun = async (): Promise<number> => {
  const announced = (): Promise<string> => command.textOf('begun').catch(() => '');
  await vi.waitUntil(async () => (await announced()) !== '', { timeout: STARTING_MS_MAX });
  return Number(await announced());
};

/** On Linux a process that has ended, and for which its parent has not waited yet (a zombie), runs nothing. */
const isDead = async (pid: number): Promise<boolean> => {
  if (!isRunning(pid)) return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && /\) [ZX] /.test(stat);
};

const childrenOf = async ({ child: { pid } }: Started): Promise<readonly number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
};

describe('powercut run: a campaign that a signal stops', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s keeps what was found, says so, and ends with 3',
    async (signal) => {
      const started = command.start(['run', suiteFile('announced'), ...ENDLESS]);
      const worker = await begun();
      started.child.kill(signal);
      const { code, out, err } = await started.ended;
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('Stopping') });
      expect(out).toContain('Interrupted');
      const result = await command.resultOf('reports/out/result.json');
      expect(result.interrupted).toBe(true);
      expect(result.suites.map(({ name }) => name)).toEqual(['synced counter']);
      expect(await command.textOf('reports/out/junit.xml')).toContain('synced counter');
      await vi.waitUntil(() => !isRunning(worker), { timeout: 5_000 });
    },
    TEST_MS_MAX,
  );

  it(
    'twice ends at once, with the exit code of the signal',
    async () => {
      const loop = await writeSuite({
        name: 'loop',
        load: "fs.writeFileSync('begun', String(process.pid))",
        boot: 'for (;;) {}',
      });
      const started = command.start(['run', loop, '--workers', '1', '--no-corpus']);
      const worker = await begun();
      await delay(1_000);
      started.child.kill('SIGTERM');
      await delay(200);
      started.child.kill('SIGTERM');
      expect((await started.ended).code).toBe(143);
      await vi.waitUntil(() => !isRunning(worker), { timeout: 5_000 });
    },
    TEST_MS_MAX,
  );

  it(
    'while a suite is in an endless loop ends in seconds, with the finished result of the other',
    async () => {
      const good = await writeSuite({ name: 'good' });
      const loop = await writeSuite({ name: 'loop', boot: 'for (;;) {}' });
      const started = command.start(['run', good, loop, '--workers', '1', ...SMALL]);
      let err = '';
      started.child.stderr?.on('data', (text) => {
        err += text;
      });
      await vi.waitUntil(() => err.includes('good: holds'), { timeout: STARTING_MS_MAX });
      await delay(1_000);
      started.child.kill('SIGTERM');
      const { code, out } = await started.ended;
      expect(code).toBe(3);
      expect(out).toMatch(/^good\s+✓ holds/m);
      const { suites } = await command.resultOf('reports/out/result.json');
      expect(suites.map(({ name, verdict }) => [name, verdict])).toEqual([
        ['good', 'holds'],
        ['loop', 'undecided'],
      ]);
    },
    TEST_MS_MAX,
  );
});

describe('powercut run: a campaign whose process is killed', () => {
  it.each([
    ['explores', 'announced'],
    ['is in an endless loop', 'loop'],
    ['is in an endless loop at load', 'load'],
  ])(
    'leaves no worker behind that %s',
    async (_what, which) => {
      const noted = "fs.writeFileSync('begun', String(process.pid))";
      const suite =
        which === 'announced'
          ? suiteFile('announced')
          : await writeSuite({
              name: 'loop',
              load: which === 'load' ? `${noted}; for (;;) {}` : noted,
              boot: 'for (;;) {}',
            });
      const started = command.start(['run', suite, ...ENDLESS]);
      await begun();
      await delay(500);
      const workers = await childrenOf(started);
      expect(workers.length).toBeGreaterThan(0);
      started.child.kill('SIGKILL');
      await started.ended;
      await vi.waitUntil(async () => (await Promise.all(workers.map(isDead))).every(Boolean), {
        timeout: 5_000,
      });
    },
    TEST_MS_MAX,
  );
});

describe('powercut run: a campaign whose output goes to a full device ends with 2', () => {
  it('where that is standard output', async () => {
    const good = await writeSuite({ name: 'good' });
    const full = await open('/dev/full', 'w');
    try {
      const { code, err } = await command.run(['run', good, ...SMALL], { outputs: [full.fd, 'pipe'] });
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining(
          'Cannot write to standard output: the disk is full. (OUTPUT_UNWRITABLE)',
        ),
      });
      expect((await command.resultOf('reports/out/result.json')).suites).toMatchObject([
        { verdict: 'holds' },
      ]);
    } finally {
      await full.close();
    }
  });

  it('where that is standard error', async () => {
    const good = await writeSuite({ name: 'good' });
    const full = await open('/dev/full', 'w');
    try {
      const { code, out } = await command.run(['run', good, ...SMALL], { outputs: ['pipe', full.fd] });
      expect({ code, out }).toEqual({ code: 2, out: expect.stringMatching(/^good\s+✓ holds/m) });
    } finally {
      await full.close();
    }
  });

  it.each([
    ['list', 'main.js', ['list']],
    ['--help', 'main.js', ['--help']],
    ['run --help', 'main.js', ['run', '--help']],
    ['powercut-store verify', 'store/main.js', ['verify', '.']],
    ['powercut-store --help', 'store/main.js', ['--help']],
  ])('where a command prints nothing else: %s', async (_what, entry, words) => {
    const full = await open('/dev/full', 'w');
    try {
      const { code, err } = await command.run(words, { entry, outputs: [full.fd, 'pipe'] });
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringMatching(/the disk is full\. \(OUTPUT_UNWRITABLE\)\n$/),
      });
    } finally {
      await full.close();
    }
  });

  it('where that is a result file, and prints the results', async () => {
    const good = await writeSuite({ name: 'good' });
    const { code, out, err } = await command.run(['run', good, ...SMALL, '--json', '/dev/full']);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: expect.stringMatching(/^good\s+✓ holds/m),
      err: expect.stringContaining("Cannot write to '/dev/full': the disk is full."),
    });
    expect((await command.resultOf('reports/out/result.json')).suites).toMatchObject([{ verdict: 'holds' }]);
  });
});

describe('powercut run --time-limit', () => {
  /** Of these, a file that never loads takes a third. The rest must do for the other suite beside other tests on two cores. */
  const SECONDS = 20;
  /** The machine may be busy with other tests; alone it takes less than 5 seconds more. */
  const GRACE_SECONDS = 30;
  const TIMED: readonly (readonly [string, Partial<HostileSuite>, string])[] = [
    [
      'has a command of 10,000 calls',
      { perform: 'for (let call = 0; call < 10_000; call++) await system.add()' },
      '',
    ],
    ['loops in boot', { boot: 'for (;;) {}' }, 'SUITE_STUCK'],
    ['loops at load', { load: 'for (;;) {}' }, 'SUITE_STUCK'],
    ['never loads', { load: 'await new Promise(() => {})' }, 'TIME_UP'],
  ];

  // `npm run test:hostile` runs all of them.
  it.each(process.env.POWERCUT_HOSTILE === '1' ? TIMED : TIMED.slice(0, 1))(
    'keeps to it where a suite %s, and finishes the other suite',
    async (name, part, says) => {
      const good = await writeSuite({ name: 'good' });
      const hostile = await writeSuite({ ...part, name });
      const began = performance.now();
      const { out, err } = await command.run(['run', good, hostile, ...SMALL, '--time', `${SECONDS}s`]);
      expect((performance.now() - began) / 1000).toBeLessThan(SECONDS + GRACE_SECONDS);
      expect(out).toMatch(/^good\s+✓ holds/m);
      expect(err).toContain(says);
    },
    TEST_MS_MAX,
  );
});
