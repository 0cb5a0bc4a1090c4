import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../../define-suite/define-suite.js';
import type { SuiteResult } from '../../result/result.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../../suite/suite.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../options.js';
import { exploreSuite } from './explore-suite.js';

interface Notes {
  readonly add: (text: string) => Promise<void>;
  readonly all: () => Promise<string>;
}

/** Notes that survive: each is synced, and so is the name of their file. */
const bootNotes = async ({ fs }: SimulatedEnvironment): Promise<Notes> => {
  const notes = await fs.open('/notes', 'a');
  await (await fs.open('/', 'r')).sync();
  return {
    add: async (text) => {
      await notes.appendFile(text);
      await notes.datasync();
    },
    all: () => fs.readFile('/notes', 'utf8'),
  };
};

type Command = { readonly type: 'add'; readonly text: string } | { readonly type: 'forget' };

const add = (text: string): Command => ({ type: 'add', text });

const notes: SuiteDefinition<Notes, Command> = {
  name: 'notes',
  boot: bootNotes,
  commands: fc.constant([add('a'), add('b')]),
  perform: async (system, command) => {
    if (command.type === 'forget') throw new Error('notes are for good');
    await system.add(command.text);
  },
  invariants: [
    {
      name: 'durability',
      statement: 'Every acknowledged note is there.',
      atStake: ({ commands }) => commands.some(({ outcome }) => outcome.status === 'acknowledged'),
      check: async ({ commands }, system) => {
        const promised = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
        const found = (await system.all()).length;
        return found < promised ? `${promised} notes were acknowledged, ${found} are there` : undefined;
      },
    },
  ],
};

const explored = (
  changes: Partial<SuiteDefinition<Notes, Command>>,
  options: Partial<ExplorationBounds> = {},
): Promise<SuiteResult> =>
  exploreSuite(defineSuite({ ...notes, ...changes }), {
    ...DEFAULT_OPTIONS,
    workloads: 1,
    runs: 0,
    depth: 2,
    ...options,
  });

const codes = ({ undecided = [] }: SuiteResult): readonly string[] => undecided.map(({ code }) => code);

const allOf = (type: Command['type']) => fc.constant(type === 'add' ? [add('a')] : [{ type } as const]);

describe('exploreSuite: evidence of a verdict', () => {
  it('tells how commands ended, what was checked, and how often something was at stake', async () => {
    const result = await explored({ commands: fc.constant([add('a'), { type: 'forget' } as const]) });
    expect(result).toMatchObject({ verdict: 'holds', asExpected: true, notes: [] });
    expect(result).not.toHaveProperty('undecided');
    const { lives, booted, afterCrash, restarted, commands, invariants, effects } = result.evidence;
    const { workloads, images } = result.exploration;
    expect({ booted, afterCrash, restarted, effects }).toEqual({
      booted: lives,
      afterCrash: lives - workloads,
      restarted: lives - workloads,
      effects: 0,
    });
    // A start that looks to the program like one before is checked by that one's life.
    expect(images.checked).toBeGreaterThanOrEqual(afterCrash);
    expect(commands.map(({ kind }) => kind)).toEqual(['add', 'forget']);
    const [added, forgotten] = commands;
    expect(added?.acknowledged).toBeGreaterThan(0);
    expect(added?.unknown).toBeGreaterThan(0);
    expect(forgotten).toMatchObject({ acknowledged: 0 });
    expect(forgotten?.rejected).toBeGreaterThan(0);
    const [durability] = invariants;
    expect(durability?.atStake).toBeGreaterThan(0);
    expect(durability?.checked).toBeGreaterThan(durability?.atStake ?? 0);
  });

  it('counts commands by their texts, their kinds or their keys, and many kinds as one', async () => {
    const suite = (commands: readonly unknown[]) =>
      defineSuite({
        ...notes,
        commands: fc.constant(commands),
        perform: () => undefined,
        invariants: [],
      } as unknown as Suite);
    const kindsOf = async (commands: readonly unknown[]) => {
      const options = { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, commands: 100, depth: 1 };
      return (await exploreSuite(suite(commands), options)).evidence.commands.map(({ kind }) => kind);
    };
    expect(await kindsOf(['open', { kind: 'close' }, { to: 1, at: 2 }, 7, null, [1]])).toEqual([
      'array',
      'close',
      'null',
      'number',
      'open',
      '{to, at}',
    ]);
    const many = Array.from({ length: 33 }, (_, index) => `note ${index}`);
    expect(await kindsOf(many)).toEqual(['(more than 32 kinds)']);
  });
});

describe('exploreSuite: without evidence the verdict is undecided', () => {
  it('where every command is rejected, with what the first one was told', async () => {
    const result = await explored({ commands: allOf('forget') });
    expect(result).toMatchObject({ verdict: 'undecided', asExpected: false, violations: [] });
    expect(codes(result)).toEqual(['NOTHING_ACKNOWLEDGED']);
    expect(result.undecided?.[0]?.message).toContain("The first rejection was 'Error: notes are for good'");
  });

  it('where no command is ever sent', async () => {
    expect(codes(await explored({ commands: fc.constant([]) }))).toEqual(['NOTHING_ACKNOWLEDGED']);
  });

  it('where a planned fault excuses every start', async () => {
    const faults = [{ fault: 'error-before', at: { operation: 'open', life: 'every' } }] as const;
    const result = await explored({ faults });
    expect(codes(result)).toEqual(['NEVER_BOOTED']);
    expect(result.evidence).toMatchObject({ booted: 0 });
  });

  it('where planned faults excuse every start, though random runs leave them out and break something', async () => {
    const faults = [{ fault: 'error-before', at: { operation: 'open', life: 'every' } }] as const;
    const result = await explored({ faults, invariants: [broken] }, { runs: 40 });
    expect(codes(result)).toEqual(['NEVER_BOOTED']);
    expect(result.violations.map(({ invariant }) => invariant)).toEqual(['never']);
    expect(result.evidence.booted).toBeGreaterThan(0);
    // Without the fault it is the program that breaks it.
    expect(await explored({ invariants: [broken] }, { runs: 40 })).toMatchObject({ verdict: 'violated' });
  });

  it('where planned faults excuse every start after a power cut', async () => {
    const faults = [{ fault: 'error-before', at: { operation: 'open', life: 'later' } }] as const;
    const result = await explored({ faults }, { runs: 40 });
    expect(codes(result)).toEqual(['NEVER_RESTARTED']);
    expect(result.evidence.restarted).toBeLessThan(result.evidence.afterCrash);
    // A program that does not start again by itself is a violation.
    const boot = async (env: SimulatedEnvironment): Promise<Notes> => {
      const names = await env.fs.readdir('/');
      if (names.includes('notes')) throw new Error('there are notes already');
      return bootNotes(env);
    };
    const stuck = await explored({ boot });
    expect(stuck).toMatchObject({ verdict: 'violated', violations: [{ invariant: 'recovers' }], notes: [] });
  });

  it('where faults excuse the program in every life that is explored, so that no invariant is checked', async () => {
    const faults = [{ fault: 'error-before', at: { operation: 'open', life: 'every' } }] as const;
    const boot = (env: SimulatedEnvironment): Promise<Notes> => bootNotes(env).catch(() => bootNotes(env));
    expect(codes(await explored({ faults, boot }, { runs: 40 }))).toEqual(['NO_INVARIANT_CHECKED']);
  });

  it('where no power was cut', async () => {
    const result = await explored({}, { depth: 0 });
    expect(codes(result)).toEqual(['NO_IMAGE_CHECKED']);
    expect(result.exploration).toMatchObject({ closed: false, stopReasons: [{ kind: 'depth', limit: 0 }] });
  });

  it('where nothing was explored', async () => {
    expect(codes(await explored({}, { workloads: 0 }))).toEqual(['NOTHING_EXPLORED']);
  });

  it('where it was interrupted, and where time was up before the first image', async () => {
    const interrupted = await explored({}, { signal: AbortSignal.abort() });
    expect(codes(interrupted)).toContain('INTERRUPTED');
    const late = await explored({}, { timeMs: 0 });
    expect({ verdict: late.verdict, stops: late.exploration.stopReasons }).toEqual({
      verdict: 'undecided',
      stops: [{ kind: 'time' }],
    });
  });

  it('but a violation is one: the reasons are then notes', async () => {
    const result = await explored({
      commands: allOf('forget'),
      boot: (env) => bootNotes(env),
      invariants: [broken],
    });
    expect(result).toMatchObject({ verdict: 'violated', asExpected: false });
    expect(result.notes.map(({ code }) => code)).toEqual(['NOTHING_ACKNOWLEDGED', 'NO_IMAGE_CHECKED']);
  });

  it('and a suite that is expected to be unsafe is not as expected where it is undecided', async () => {
    const result = await explored({ commands: allOf('forget'), expected: 'unsafe' });
    expect(result).toMatchObject({ verdict: 'undecided', asExpected: false });
  });
});

const broken = { name: 'never', statement: 'It never is.', check: () => 'it is' };

describe('exploreSuite: mustReach', () => {
  const acknowledgedForget = {
    name: 'a `forget` is acknowledged',
    reached: ({
      commands,
    }: {
      readonly commands: readonly {
        readonly command: Command;
        readonly outcome: { readonly status: string };
      }[];
    }) =>
      commands.some(({ command, outcome }) => command.type === 'forget' && outcome.status === 'acknowledged'),
  };
  const marking = async (env: SimulatedEnvironment): Promise<Notes> => {
    env.mark('started');
    return bootNotes(env);
  };

  it('and is reached leaves the verdict as it is', async () => {
    const mustReach = ['started', acknowledgedForget];
    const perform = (): undefined => undefined;
    const result = await explored({
      mustReach,
      boot: marking,
      perform,
      commands: allOf('forget'),
      invariants: [],
    });
    expect(result).toMatchObject({ verdict: 'holds', notes: [{ code: 'NO_INVARIANTS' }] });
  });

  it('and is not makes it undecided, by name', async () => {
    const result = await explored({ mustReach: ['started', 'torn', acknowledgedForget], boot: marking });
    expect(codes(result)).toEqual(['MUST_REACH']);
    expect(result.undecided?.[0]?.message).toContain("mark 'torn', 'a `forget` is acknowledged'");
    expect(result.undecided?.[0]?.message).not.toContain("'started'");
  });

  it('is reached by some part of the exploration, whichever', async () => {
    // In the first workload nothing is forgotten, in some later one it is.
    const commands = fc.constantFrom([add('a')], [{ type: 'forget' } as const]);
    const perform = (): undefined => undefined;
    const result = await explored(
      { mustReach: [acknowledgedForget], commands, perform, invariants: [] },
      { workloads: 8 },
    );
    expect(result.verdict).toBe('holds');
  });
});

describe('exploreSuite: stopReasons', () => {
  /** The deeper workload is stopped by its depth, the wider one by its lives. */
  const stopsOf = async (first: number, limits: { readonly livesPerWorkload: number }, depth: number) => {
    let drawn = 0;
    const commands = fc
      .constant(null)
      .map(() => Array.from({ length: drawn++ === 0 ? first : 4 - first }, () => add('x')));
    const { exploration, coverage } = await explored({ commands, limits }, { workloads: 2, depth });
    return { stops: exploration.stopReasons, closed: exploration.closed, exact: coverage.images.exact };
  };

  it('is all that did, whichever came first', async () => {
    const all = {
      stops: [
        { kind: 'depth', limit: 1 },
        { kind: 'lives', limit: 12 },
      ],
      closed: false,
      exact: false,
    };
    expect(await stopsOf(1, { livesPerWorkload: 12 }, 1)).toEqual(all);
    expect(await stopsOf(3, { livesPerWorkload: 12 }, 1)).toEqual(all);
  });

  it('leaves counts exact where it was a depth alone', async () => {
    const { exact, closed, stops } = await stopsOf(1, { livesPerWorkload: 2_000 }, 1);
    expect({ exact, closed, stops }).toEqual({
      exact: true,
      closed: false,
      stops: [{ kind: 'depth', limit: 1 }],
    });
  });

  it('is nothing where no unseen state is left', async () => {
    const { exploration, coverage } = await explored({ unknown: 'abandon' }, { depth: 20 });
    expect(exploration).toMatchObject({ closed: true, stopReasons: [] });
    expect(coverage.images.exact).toBe(true);
  });

  it('is the violation where a first life is broken: then no power was cut', async () => {
    const { exploration } = await explored({ invariants: [broken] });
    expect(exploration).toMatchObject({
      closed: false,
      stopReasons: [{ kind: 'violation' }],
      images: { checked: 0 },
    });
  });

  it('makes a strict run undecided, and names the bound and its option', async () => {
    const result = await explored({ limits: { livesPerWorkload: 5 } }, { strict: true });
    expect(codes(result)).toEqual(['BOUND_HIT']);
    expect(result.undecided?.[0]?.message).toContain('lives 5');
    const closed = await explored({ unknown: 'abandon' }, { strict: true, depth: 20 });
    expect(closed).toMatchObject({ verdict: 'holds' });
  });
});
