import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { playAgain } from '../explore/campaign/replay-regressions.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../explore/options.js';
import { drawPlan } from '../explore/random/draw-plan.js';
import { drive, until } from '../life/drive.js';
import { World } from '../life/world.js';
import { replay } from '../replay/replay.js';
import { decodeToken, encodeToken } from '../replay/token.js';
import type { SuiteResult } from '../result/result.js';
import { FIRST_LIFE } from '../run/tape.js';
import { eager } from '../scheduler/scheduler.js';
import type { CheckMoment, History, SimulatedEnvironment, Suite, SuiteDefinition } from './suite.js';

const suiteOf = (parts: Partial<SuiteDefinition<SimulatedEnvironment, null>>): Suite =>
  defineSuite<SimulatedEnvironment, null>({
    name: 'bounded',
    boot: (env) => env,
    commands: fc.constant([null]),
    perform: () => undefined,
    invariants: [],
    ...parts,
  });

const explored = (suite: Suite, options: Partial<ExplorationBounds> = {}): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1, ...options });

const messages = ({ violations }: SuiteResult): readonly string[] => violations.map(({ message }) => message);

describe('Limits: callsPerLife', () => {
  const calling =
    (calls: number) =>
    async ({ fs }: SimulatedEnvironment) => {
      for (let call = 0; call < calls; call++) await fs.stat('/');
    };

  it('may be tens of thousands', async () => {
    const world = new World({ ...FIRST_LIFE, scheduling: eager() });
    const settled = await drive(until(world, () => calling(60_000)(world.environment)));
    expect(settled).toEqual({ status: 'fulfilled', value: undefined });
  });

  it('are bounded by the suite, and the error names the limit and its option', async () => {
    const suite = suiteOf({ settle: calling(50), limits: { callsPerLife: 40 } });
    expect(messages(await explored(suite))).toEqual([
      'It never became idle: livelock: 40 calls without becoming idle ' +
        '(if it ends after more, raise limits.callsPerLife or --calls-per-life).',
    ]);
    expect(messages(await explored(suite, { limits: { callsPerLife: 1_000 } }))).toEqual([]);
  });

  it('that were overridden are replayed with what held then', async () => {
    const suite = suiteOf({ settle: calling(50) });
    const limits = { callsPerLife: 40 };
    const [violation] = (await explored(suite, { limits })).violations;
    const token = violation?.token ?? '';
    expect(decodeToken(token).overrides).toEqual({ limits });
    expect(await replay(token, [suite])).toMatchObject({ same: true, violated: [{ invariant: 'rests' }] });
    const again = await playAgain(suite, DEFAULT_OPTIONS, { token, invariant: 'rests' });
    expect(again).toMatchObject({ kind: 'fails', violation: { token } });
  });
});

it('Limits: patienceMs is how long a life may wait for one thing', async () => {
  const settle = ({ clock }: SimulatedEnvironment) =>
    new Promise<void>((resolve) => void clock.schedule(3_600_000, resolve));
  expect(messages(await explored(suiteOf({ settle })))).toEqual([
    expect.stringContaining('limits.patienceMs'),
  ]);
  expect(messages(await explored(suiteOf({ settle, limits: { patienceMs: 7_200_000 } })))).toEqual([]);
});

it('Limits: commandsAfterCrash is the number of commands after a crash', async () => {
  const commands = fc.constant([null, null, null, null]);
  /** How many commands were sent in all, where lives after a power cut ended. */
  const sent = async (commandsAfterCrash: number): Promise<ReadonlySet<number>> => {
    const counts = new Set<number>();
    const check = (history: History<null>, _env: unknown, moment: CheckMoment): undefined => {
      if (moment === 'lived-on') counts.add(history.commands.length);
    };
    const invariants = [{ name: 'counted', statement: 'It is counted.', check }];
    // The second life begins after a power cut before anything was sent.
    await explored(suiteOf({ commands, invariants, limits: { commandsAfterCrash, livesPerWorkload: 2 } }));
    return counts;
  };
  expect([(await sent(1)).has(3), (await sent(3)).has(3)]).toEqual([false, true]);
});

describe('ClockSettings', () => {
  const reading = (clock: Suite['clock']) => {
    const times = new Set<number>();
    const check = (_history: unknown, env: SimulatedEnvironment): undefined =>
      void times.add(env.clock.now());
    const invariants = [{ name: 'read', statement: 'It is read.', check }];
    const suite = suiteOf({ invariants, ...(clock === undefined ? {} : { clock }) });
    return { suite, times };
  };
  const EPOCH_MS = Date.UTC(2030, 0, 1);

  it.each<[Suite['clock'], number]>([
    [undefined, 3_600_000],
    [{ gapMs: 5 }, 5],
    [{ gapMs: 0 }, 0],
  ])('begins each life later by the gap for each thing that is known: %j', async (clock, gapMs) => {
    const { suite, times } = reading(clock);
    await explored(suite);
    const earliest = [...times].sort((a, b) => a - b).slice(0, 2);
    expect(earliest).toEqual([...new Set([EPOCH_MS, EPOCH_MS + gapMs])]);
  });

  it('is set in some random runs, and in none where the suite says so', () => {
    const jumping = (suite: Suite): number =>
      Array.from(
        { length: 200 },
        (_, seed) => drawPlan(seed, suite, { kind: 'mixed' }).conditions ?? {},
      ).filter(
        ({ skewsMs, disturbances = [] }) =>
          skewsMs !== undefined || disturbances.some(({ kind }) => kind === 'jump'),
      ).length;
    expect(jumping(suiteOf({}))).toBeGreaterThan(20);
    expect(jumping(suiteOf({ clock: { jumps: false } }))).toBe(0);
  });
});

describe('encodeToken: limits and clock', () => {
  const content = {
    suite: 's',
    disk: 'posix',
    digest: 'd',
    tape: { workload: [], crashes: [], commandsAfterCrash: 1 },
  };

  it.each([
    { limits: { callsPerLife: 7, patienceMs: 8 } },
    { clock: { gapMs: 0 } },
    { limits: { callsPerLife: 7 }, clock: { gapMs: 1 } },
  ])('are carried, with steps or without: %j', (overrides) => {
    for (const whole of [
      { ...content, overrides },
      { ...content, steps: 'abc', overrides },
    ])
      expect(decodeToken(encodeToken(whole))).toEqual(whole);
  });

  it.each<[string, unknown]>([
    ['a list', [1]],
    ['an unknown setting', { limits: { lives: 1 } }],
    ['a limit that bounds no life', { limits: { livesPerWorkload: 1 } }],
    ['a limit of zero', { limits: { callsPerLife: 0 } }],
    ['a limit that is a text', { limits: { patienceMs: '1' } }],
    ['a negative gap', { clock: { gapMs: -1 } }],
    ['a gap beyond all dates', { clock: { gapMs: 1e12 } }],
    ['a prototype', JSON.parse('{"__proto__": {"limits": {}}}')],
    ['a switch', { clock: { jumps: false } }],
  ])('are refused where they are %s', (_what, overrides) => {
    const token = encodeToken({ ...content, overrides } as Parameters<typeof encodeToken>[0]);
    expect(() => decodeToken(token)).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
  });
});
