import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileBytes } from '../disk/crash-model/disk-image.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { installGuard } from '../guard/guard.js';
import { onSimulatedDisk } from '../guard/on-simulated-disk.js';
import { replay } from '../replay/replay.js';
import { firstLife } from '../run/tape.js';
import { filesOf } from '../story/describe-disk.js';
import type { SimulatedEnvironment, Suite } from '../suite/suite.js';
import { drive } from './drive.js';
import type { LifeStart } from './life-record.js';

const OPTIONS = { ...DEFAULT_OPTIONS, workloads: 2, runs: 4, depth: 2 };

const envOf = (system: unknown): SimulatedEnvironment => system as SimulatedEnvironment; // what boot returns

/** Reads a template and appends commands to a log, without a sync. */
const suiteWith = (changes: Partial<Suite>): Suite => ({
  name: 'copies a template',
  boot: (env) => env,
  commands: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }),
  perform: async (system, text) => {
    await envOf(system).fs.appendFile('/data/log', String(text));
    return null;
  },
  invariants: [
    {
      name: 'template',
      statement: 'The template is there.',
      check: async (_history, system) =>
        (await envOf(system)
          .fs.readFile('/data/template', 'utf8')
          .catch(() => '')) === 'once upon a time'
          ? undefined
          : 'there is no template',
    },
  ],
  ...changes,
});

const prepareTemplate: NonNullable<Suite['prepare']> = async ({ fs }) => {
  await fs.mkdir('/data');
  await fs.writeFile('/data/template', 'once upon a time');
  await fs.writeFile('/data/log', '');
};

const startOf = (suite: Suite): Promise<LifeStart> => drive(firstLife(suite), installGuard());

const logIsKept: Suite['invariants'][number] = {
  name: 'log',
  statement: 'The log has a byte for each acknowledged command.',
  check: async ({ commands }, system) => {
    const { length } = await envOf(system).fs.readFile('/data/log', 'utf8');
    const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
    return length < acknowledged ? `${acknowledged} were acknowledged, ${length} are there` : undefined;
  },
};

describe('prepare', () => {
  it('runs once, and no power cut takes what it wrote without a sync', async () => {
    let calls = 0;
    const prepare: Suite['prepare'] = async (env) => {
      calls += 1;
      await prepareTemplate(env);
    };
    const { verdict, exploration } = await exploreSuite(suiteWith({ prepare }), OPTIONS);
    expect({ verdict, calls }).toEqual({ verdict: 'holds', calls: 1 });
    expect(exploration.runs).toBeGreaterThan(0);
    expect((await exploreSuite(suiteWith({}), OPTIONS)).verdict).toBe('violated');
  });

  it('is one line of a story, and shows in the data of a replay', async () => {
    const suite = suiteWith({ prepare: prepareTemplate, invariants: [logIsKept] });
    const { violations } = await exploreSuite(suite, OPTIONS);
    const [violation] = violations;
    expect(violation?.story.split('\n')[0]).toBe('The disk was prepared: 2 files. The program starts.');
    const again = await replay(violation?.token ?? '', [suite]);
    expect(again).toMatchObject({ same: true, digest: violation?.digest });
    expect(again.prepared?.map(({ path, size }) => [path, size])).toEqual([
      ['/data/log', 0],
      ['/data/template', 16],
    ]);
  });

  it('counts empty directories in the story where it leaves no file', async () => {
    const prepare: Suite['prepare'] = ({ fs }) => fs.mkdir('/data');
    const suite = suiteWith({ prepare, invariants: [logIsKept] });
    const [violation] = (await exploreSuite(suite, { ...OPTIONS, runs: 0, depth: 1 })).violations;
    expect(violation?.story).toMatch(/^The disk was prepared: 1 empty directory\. The program starts\.\n/);
  });

  it('is part of the digest of a run, by the content that it leaves', async () => {
    const suite = suiteWith({ prepare: prepareTemplate, invariants: [logIsKept] });
    const [violation] = (await exploreSuite(suite, OPTIONS)).violations;
    const sameOn = async (prepare: Suite['prepare']): Promise<boolean> =>
      (await replay(violation?.token ?? '', [{ ...suite, prepare } as Suite])).same;
    expect(
      await sameOn(async (env) => {
        await env.fs.writeFile('/unused', 'x');
        await env.fs.unlink('/unused');
        await prepareTemplate(env);
      }),
    ).toBe(true);
    expect(
      await sameOn(async (env) => {
        await prepareTemplate(env);
        await env.fs.writeFile('/data/unread', 'x');
      }),
    ).toBe(false);
  });

  it('shares its sectors with every life', async () => {
    const suite = suiteWith({ prepare: prepareTemplate });
    const [one, two] = [await startOf(suite), await startOf({ ...suite, name: 'another' })];
    expect(two.image).toBe(one.image);
    expect(two.key).toBe(one.key);
    const [, template] = filesOf(one.image);
    expect(template && Buffer.from(fileBytes(template.file)).toString()).toBe('once upon a time');
  });

  it('has random numbers and a time of its own', async () => {
    const drawn: string[] = [];
    const times: number[] = [];
    const draw = ({ random, clock }: SimulatedEnvironment): void => {
      drawn.push(random.uuid());
      times.push(clock.now());
    };
    const boot: Suite['boot'] = (env) => {
      draw(env);
      return env;
    };
    await exploreSuite(suiteWith({ prepare: draw, boot, invariants: [logIsKept] }), { ...OPTIONS, depth: 1 });
    expect(drawn.indexOf(drawn[0] ?? '', 1)).toBe(-1);
    expect(times.slice(1).every((time) => time > (times[0] ?? 0))).toBe(true);
  });

  it('runs programs on node:fs that know nothing of the simulation', async () => {
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const prepare = onSimulatedDisk(() => {
      mkdirSync('/data/deep', { recursive: true });
      writeFileSync('/data/template', 'once upon a time');
    });
    expect((await exploreSuite(suiteWith({ prepare }), OPTIONS)).verdict).toBe('holds');
  });

  it.each<[string, Suite['prepare'], string | RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no such schema');
      },
      /^Suite 'copies a template'.* can't prepare its disk: Error: no such schema\.$/,
    ],
    [
      'never ends',
      () => new Promise(() => undefined),
      'it does not end: deadlock: no pending call and no timer.',
    ],
    ['ends its process', () => process.exit(1), /its process .*exit/],
    ['reaches past the simulation', () => fetch('http://localhost'), /fetch/],
  ])('SUITE_PREPARE_FAILED: it %s', async (_what, prepare, message) => {
    await expect(exploreSuite(suiteWith({ prepare } as Partial<Suite>), OPTIONS)).rejects.toMatchObject({
      code: 'SUITE_PREPARE_FAILED',
      message:
        typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    });
  });

  it('is named where the program does not boot on its disk', async () => {
    const boot: Suite['boot'] = () => {
      throw new Error('unknown version');
    };
    await expect(exploreSuite(suiteWith({ prepare: prepareTemplate, boot }), OPTIONS)).rejects.toMatchObject({
      code: 'SUITE_BOOT_FAILED',
      message: expect.stringContaining('does not boot on its prepared disk: Error: unknown version'),
    });
  });
});
