import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/environment.js';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import type { Violation } from '../result/result.js';

/** What a program leaves out. */
type Bug = 'bytes' | 'name' | 'order' | 'start';

/** A log of numbers whose bugs can be chosen, as its source. `lines`: empty lines before each function. */
const sourceOf = (bugs: readonly Bug[], lines: number): string => {
  const gap = '\n'.repeat(lines);
  const unless = (bug: Bug, code: string): string => (bugs.includes(bug) ? '' : code);
  return `${gap}export const open = (fs) => {${gap}
  const add = async (number) => {${gap}
    const handle = await fs.open('/log', 'a');${gap}
    await handle.write(number + ',');
    ${unless('bytes', 'await handle.sync();')}
    await handle.close();
    ${unless('name', 'await syncDirectory();')}
  };${gap}
  const syncDirectory = async () => {
    const directory = await fs.open('/', 'r');
    await directory.sync();
    await directory.close();
  };${gap}
  const numbers = async () => {
    const text = await fs.readFile('/log', 'utf8').catch(() => '');
    return text.split(',').slice(0, -1).map(Number)${bugs.includes('order') ? '.slice(0, 2)' : ''};
  };
  ${bugs.includes('start') ? "const start = async () => { if ((await numbers()).length > 0) throw new RangeError('a number'); };" : 'const start = () => undefined;'}
  return { add, numbers, start };
};
`;
};

interface Log {
  readonly add: (number: number) => Promise<void>;
  readonly numbers: () => Promise<readonly number[]>;
  readonly start: () => Promise<void>;
}

type Open = (fs: FileSystem) => Log;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-identity-'));
});
afterEach(() => rm(directory, { recursive: true }));

let programs = 0;

/** The program from a file in a folder of its own. */
const programWith = async (bugs: readonly Bug[], lines: number): Promise<Open> => {
  const folder = join(directory, String(programs++));
  await mkdir(folder);
  const path = join(folder, 'log.mjs');
  await writeFile(path, sourceOf(bugs, lines));
  // The file was just written, and exports this.
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { readonly open: Open };
  return module.open;
};

const violationsOf = async (open: Open, seed: number, name = 'numbers'): Promise<readonly Violation[]> => {
  const suite = defineSuite({
    name,
    boot: async ({ fs }) => {
      const log = open(fs);
      await log.start();
      return log;
    },
    commands: fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }),
    perform: async (log, number) => {
      await log.add(number);
      return null;
    },
    invariants: [
      {
        name: 'numbers survive',
        statement: 'Every acknowledged number is there.',
        check: async (history, log) => {
          const acknowledged = history.commands.filter(({ outcome }) => outcome.status === 'acknowledged');
          const there = await log.numbers();
          return there.length >= acknowledged.length
            ? undefined
            : `${acknowledged.length - there.length} of ${acknowledged.length} are lost.`;
        },
      },
    ],
  });
  const { violations } = await exploreSuite(suite, {
    seed,
    runs: 10,
    workloads: 2,
    commands: 3,
    depth: 2,
    bail: false,
  });
  return violations;
};

const identities = async (
  bugs: readonly Bug[],
  seeds: readonly number[],
  lines = 0,
): Promise<readonly string[]> => {
  const open = await programWith(bugs, lines);
  const found = new Set<string>();
  for (const seed of seeds)
    for (const { identity } of await violationsOf(open, seed))
      if (identity !== undefined) found.add(identity);
  return [...found];
};

const SEEDS = [1, 2, 3, 4];

describe('identityOf: the identity of a finding', () => {
  it.each<Bug>(['bytes', 'name', 'order', 'start'])(
    'is one for all seeds that find the bug: %s',
    async (bug) => {
      const found = await identities([bug], SEEDS);
      expect(found).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    },
  );

  it('is the same when lines move, and in another folder', async () => {
    const at = (lines: number) => identities(['bytes'], [1], lines);
    expect(await at(9)).toEqual(await at(0));
  });

  it('differs between bugs', async () => {
    const all: string[] = [];
    for (const bug of ['bytes', 'name', 'order', 'start'] as const)
      all.push(...(await identities([bug], [1, 2])));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(4);
  });

  it('differs between suites', async () => {
    const open = await programWith(['bytes'], 0);
    const [one] = await violationsOf(open, 1);
    const [other] = await violationsOf(open, 1, 'other numbers');
    expect(one?.identity).not.toBe(other?.identity);
  });
});
