import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { installGuard } from '../guard/guard.js';
import type { SuiteResult } from '../result/result.js';
import type { SimulatedEnvironment, Suite } from '../suite/suite.js';
import { testLife } from '../testing/guarded-life.js';
import { freshProgram } from './fresh-program.js';
import { freshRequire } from './fresh-require.js';

/** What all fixtures export: a total that is read from the disk once, kept at module level, and never synced. */
interface Total {
  load(env: SimulatedEnvironment): Promise<number>;
  add(env: SimulatedEnvironment): Promise<void>;
}
type Program = Total | { readonly default: Total };

const totalOf = (program: Program): Total => ('default' in program ? program.default : program);

interface Running {
  readonly env: SimulatedEnvironment;
  readonly total: Total;
}

const suiteOf = (boot: (env: SimulatedEnvironment) => Promise<Running>): Suite =>
  ({
    name: 'a total that is kept at module level',
    boot,
    commands: fc.constant(['add']),
    perform: ({ env, total }: Running) => total.add(env),
    invariants: [
      {
        name: 'kept',
        statement: 'What was acknowledged is counted.',
        check: async (
          { commands }: { commands: readonly { outcome: { status: string } }[] },
          { env, total }: Running,
        ) => {
          const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
          const is = await total.load(env);
          return is < acknowledged ? `${acknowledged} were acknowledged, ${is} are counted` : undefined;
        },
      },
    ],
  }) as unknown as Suite; // the explorers hand its parts back to itself only

const explored = (boot: (env: SimulatedEnvironment) => Promise<Running>): Promise<SuiteResult> =>
  exploreSuite(suiteOf(boot), { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1 });

const starting = async (program: Program, env: SimulatedEnvironment): Promise<Running> => {
  const total = totalOf(program);
  await total.load(env);
  return { env, total };
};

const KINDS = ['total.ts', 'total.mts', 'total.cjs', 'total-of-a-package.ts'];
const require = createRequire(import.meta.url);

describe('freshProgram: state at module level', () => {
  it('outlives a power cut where it is loaded once for all lives', async () => {
    const program: Program = await import('../testing/fixtures/fresh/total.js');
    expect((await explored((env) => starting(program, env))).verdict).toBe('holds');
  });

  it.each(KINDS)('is lost in a power cut where %s is loaded by freshProgram', async (file) => {
    const url = new URL(`../testing/fixtures/fresh/${file}`, import.meta.url);
    const result = await explored(freshProgram(url, starting));
    expect(result.violations.map(({ invariant }) => invariant)).toEqual(['kept']);
    expect(result.violations[0]?.story).not.toContain('BEWARE');
    expect(result.violations[0]?.story).toMatch(/write 1 B to \/total at 0 \(fresh\/total\.(ts:12|cjs:10)\)/);
  });

  it.each(KINDS)('is lost in a power cut where %s is loaded by freshRequire', async (file) => {
    const result = await explored((env) =>
      starting(freshRequire(require, `../testing/fixtures/fresh/${file}`) as Program, env),
    ); // as the fixtures are
    expect(result.violations.map(({ invariant }) => invariant)).toEqual(['kept']);
  });
});

describe('freshRequire', () => {
  it('gives a module the require of its own', () => {
    expect(freshRequire(require, '../guard/fixtures/asks-its-module.cjs')).toBe('/');
  });

  it('gives one module in a life, and another one in the next', async () => {
    const inALife = async (): Promise<readonly unknown[]> => {
      const seen: unknown[] = [];
      await testLife(1).run(installGuard(), () => {
        for (const name of ['total.ts', 'total.js', 'total.ts'])
          seen.push(freshRequire(require, `../testing/fixtures/fresh/${name}`));
      });
      return seen;
    };
    expect(new Set(await inALife()).size).toBe(1);
    expect(new Set([...(await inALife()), ...(await inALife())]).size).toBe(2);
    expect(freshRequire(require, '../testing/fixtures/fresh/total.ts')).not.toBe(
      freshRequire(require, '../testing/fixtures/fresh/total.ts'),
    );
  });

  it('says which file is not there', () => {
    expect(() => freshRequire(require, '../testing/fixtures/fresh/no-such.ts')).toThrow(
      /Cannot find '..\/testing\/fixtures\/fresh\/no-such.ts'/,
    );
  });
});

describe('freshProgram', () => {
  it('says what it needs where it is given no URL', () => {
    expect(() => Reflect.apply(freshProgram, undefined, ['./program.ts', starting])).toThrow(
      expect.objectContaining({ code: 'FRESH_PROGRAM' }),
    );
  });
});
