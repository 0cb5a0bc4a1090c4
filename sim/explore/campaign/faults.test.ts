import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../../define-suite/define-suite.js';
import { replay } from '../../replay/replay.js';
import type { SuiteResult } from '../../result/result.js';
import { describeFault, type FaultPlan } from '../../suite/fault-plan.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../../suite/suite.js';
import { exploreSuite } from './explore-suite.js';

/** A log of one line per command. The tests are about its reaction to a failed sync. */
interface LineLog {
  readonly count: number;
  add(): Promise<void>;
  /** Notes elsewhere that something was added: nothing is when it starts. */
  finish(): Promise<void>;
}

type OnFailedSync = 'stop' | 'retry' | 'ignore';

const openLineLog = async ({ fs }: SimulatedEnvironment, onFailedSync: OnFailedSync): Promise<LineLog> => {
  const file = await fs.open('/log', 'a+');
  const directory = await fs.open('/', 'r');
  await directory.sync();
  await directory.close();
  const text = await file.readFile('utf8');
  let count = text.split('\n').filter((line) => line === 'one line').length;
  if (text !== '' && !text.endsWith('\n')) await file.write('\n');
  let stopped = false;
  const sync = async (): Promise<void> => {
    try {
      await file.datasync();
    } catch (error) {
      if (onFailedSync === 'retry') await file.datasync();
      if (onFailedSync !== 'stop') return;
      stopped = true;
      throw error;
    }
  };
  return {
    get count() {
      return count;
    },
    add: async () => {
      if (stopped) throw new Error('stopped');
      await file.writeFile('one line\n');
      await sync();
      count += 1;
    },
    finish: async () => {
      if (count > 0) await fs.writeFile('/finished', 'yes');
    },
  };
};

const lineLogSuite = (onFailedSync: OnFailedSync, faults: readonly FaultPlan[]): Suite => {
  const suite: SuiteDefinition<LineLog, null> = {
    name: `a log whose author would ${onFailedSync} when a sync fails`,
    boot: (env) => openLineLog(env, onFailedSync),
    commands: fc.array(fc.constant(null), { minLength: 2, maxLength: 4 }),
    perform: (log) => log.add(),
    unknown: 'abandon',
    faults,
    invariants: [
      {
        name: 'durability',
        statement: 'Every acknowledged line is in the log.',
        check: ({ commands }, log) => {
          const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
          return log.count < acknowledged ? `${log.count} of ${acknowledged} lines` : undefined;
        },
      },
    ],
  };
  return suite as unknown as Suite; // the explorers hand its parts back to itself only
};

const OPTIONS = { seed: 1, runs: 30, workloads: 2, depth: 1, bail: false };
const explored = (onFailedSync: OnFailedSync, faults: readonly FaultPlan[]): Promise<SuiteResult> =>
  exploreSuite(lineLogSuite(onFailedSync, faults), OPTIONS);

const FAILED_SYNC: FaultPlan = { fault: 'failed-sync', at: { path: '/log' } };

describe('exploreSuite: a suite with planned faults', () => {
  it.each<[string, FaultPlan]>([
    ['fsync fails', FAILED_SYNC],
    ['a write does nothing', { fault: 'error-before', code: 'ENOSPC', at: { operation: 'write' } }],
    ['a write is done and reports failure', { fault: 'error-after', at: { operation: 'write' } }],
    ['a write is short', { fault: 'short-write' }],
    ['a call stalls', { fault: 'delay', delayMs: 60_000 }],
    ['the log does not open', { fault: 'error-before', at: { operation: 'open', path: '/log' } }],
  ])('holds for a program that stops, when %s', async (_what, plan) => {
    const result = await explored('stop', [plan]);
    expect(result.violations.map(({ story }) => story)).toEqual([]);
    expect(result).toMatchObject({ verdict: 'holds', asExpected: true });
    expect(result.faults?.[0]?.fired).toBeGreaterThan(0);
  });

  it.each<[string, string, FaultPlan]>([
    [
      'the log does not open after a power cut',
      'NEVER_RESTARTED',
      { fault: 'error-before', at: { path: '/log', life: 'later' } },
    ],
    [
      'fsync fails in every life',
      'NOTHING_ACKNOWLEDGED',
      { fault: 'failed-sync', at: { path: '/log', life: 'every' } },
    ],
  ])('is undecided where %s: %s', async (_what, code, plan) => {
    const result = await explored('stop', [plan]);
    expect(result.violations).toEqual([]);
    expect(result).toMatchObject({ verdict: 'undecided', undecided: [{ code }] });
    expect(result.faults?.[0]?.fired).toBeGreaterThan(0);
  });

  it.each<[OnFailedSync, FaultPlan]>([
    ['retry', FAILED_SYNC],
    ['ignore', FAILED_SYNC],
    ['stop', { fault: 'lost-write', at: { path: '/log' } }],
  ])('finds the loss for a program that would %s, and tells the fault', async (onFailedSync, plan) => {
    const result = await explored(onFailedSync, [plan]);
    expect(result.violations.map(({ invariant }) => invariant)).toEqual(['durability']);
    expect(result.violations[0]?.story).toContain('FAULT: ');
    const suite = lineLogSuite(onFailedSync, [plan]);
    const again = await replay(result.violations[0]?.token ?? '', [suite]);
    expect(again).toMatchObject({ same: true, violated: [{ invariant: 'durability' }] });
  });

  it('is undecided when a planned fault never happened, and says so', async () => {
    const result = await explored('stop', [FAILED_SYNC, { fault: 'bit-rot', at: { path: '/elsewhere' } }]);
    expect(result).toMatchObject({
      verdict: 'undecided',
      asExpected: false,
      undecided: [{ code: 'FAULT_NEVER_FIRED' }],
    });
    const [reason] = result.undecided ?? [];
    expect(reason?.message).toContain("'bit-rot of /elsewhere'");
    expect(reason?.message).not.toContain('failed-sync');
  });

  /** Two commands, so two syncs of the log. `settle` runs without faults. */
  const twoLines = (plan: FaultPlan): Promise<SuiteResult> => {
    const commands = fc.array(fc.constant(null), { minLength: 2, maxLength: 2 });
    const settle = (log: unknown) => (log as LineLog).finish(); // the log that the suite has booted
    return exploreSuite({ ...lineLogSuite('stop', [plan]), commands, settle }, OPTIONS);
  };
  const atSync = (nth: number): FaultPlan => ({ fault: 'failed-sync', at: { operation: 'fdatasync', nth } });

  it.each<[string, FaultPlan]>([
    ['of the call after the last that fits', atSync(3)],
    ['of a call that is never made', { fault: 'error-before', at: { operation: 'rename' } }],
    ['from a place that makes none', { fault: 'error-after', at: { site: 'faults.test.ts:1' } }],
    ['of a call after the last command', { fault: 'lost-write', at: { path: '/finished' } }],
  ])('is undecided when its only fault is one %s', async (_what, plan) => {
    const result = await twoLines(plan);
    expect(result).toMatchObject({ asExpected: false, undecided: [{ code: 'FAULT_NEVER_FIRED' }] });
    expect(result.faults).toEqual([{ plan: describeFault(plan), fired: 0 }]);
    expect(result.undecided?.[0]?.message).toContain(`'${describeFault(plan)}'`);
  });

  it('is decided when its fault strikes the last call that fits', async () => {
    const result = await twoLines(atSync(2));
    expect(result.undecided).toBeUndefined();
    expect(result.faults?.[0]?.fired).toBeGreaterThan(0);
  });

  it.each<[string, Partial<Suite>, string]>([
    [
      'a fault that can never happen',
      { faults: [{ fault: 'bit-rot', at: { operation: 'write' } }] },
      'FAULT_IMPOSSIBLE',
    ],
    [
      'a fault outside the disk',
      { faults: [{ fault: 'bit-rot', at: { path: '../x' } }] },
      'PATH_OUTSIDE_DISK',
    ],
    ['a sector of no disk', { sectorBytes: 1024 as 512 }, 'SECTOR_SIZE'],
    ['an unknown disk model', { disk: 'ntfs' as 'posix' }, 'UNKNOWN_DISK_MODEL'],
  ])('is refused when it is made, with %s', (_what, part, code) => {
    expect(() => defineSuite({ ...lineLogSuite('stop', []), ...part })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('says which sectors its disk had', async () => {
    const suite = { ...lineLogSuite('stop', []), sectorBytes: 4096 as const };
    const { coverage, verdict } = await exploreSuite(suite, { ...OPTIONS, runs: 5, workloads: 1 });
    expect(coverage.sectorBytes).toBe(4096);
    expect(verdict).toBe('holds');
  });
});
