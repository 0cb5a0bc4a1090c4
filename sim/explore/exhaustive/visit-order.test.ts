import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import { drive } from '../../life/drive.js';
import type { Json, SimulatedEnvironment, Suite, SuiteDefinition } from '../../suite/suite.js';
import type { Exhausted } from './exhausted.js';
import { explore } from './exhaustive.js';
import { VisitOrder } from './visit-order.js';

interface Left {
  readonly key: string;
  readonly volatile: number;
  readonly crash: Crash;
}

const left = (key: string, volatile: number, crash: Partial<Crash>): Left => ({
  key,
  volatile,
  crash: { at: 1, lost: [], fill: 'zero', ...crash },
});

const sorted = (...states: readonly Left[]): readonly string[] => {
  const order = new VisitOrder();
  for (const state of states) order.note(state.key, state);
  const firsts = states.filter(({ key }, index) => states.findIndex((other) => other.key === key) === index);
  return order.sorted(firsts, ({ key }) => key).map(({ key }) => key);
};

describe('VisitOrder', () => {
  const bothLost = left('both lost', 2, { lost: [1, 2] });
  const certain = left('nothing volatile', 0, {});
  const oneLost = left('one lost', 2, { lost: [2] });
  const noneLost = left('none lost', 2, {});
  const twoLost = left('two of three lost', 3, { lost: [1, 2] });
  const garbage = left('garbage', 1, { lost: [1], fill: 'garbage' });
  const killed = left('killed', 2, { isKill: true });

  it('puts first the states in which nothing volatile survives, then those with one loss at most', () => {
    expect(sorted(killed, twoLost, noneLost, oneLost, garbage, bothLost, certain)).toEqual([
      bothLost.key,
      certain.key,
      noneLost.key,
      oneLost.key,
      killed.key,
      twoLost.key,
      garbage.key,
    ]);
  });

  it('takes a state for what the most telling crash that leaves it makes of it', () => {
    const same = { ...bothLost, key: twoLost.key };
    expect(sorted(oneLost, twoLost, same)).toEqual([twoLost.key, oneLost.key]);
    expect(sorted(oneLost, twoLost)).toEqual([oneLost.key, twoLost.key]);
  });
});

interface Album {
  add(album: number): Promise<void>;
  missing(album: number): Promise<number>;
}

const PAGES = 10;
const PAGE = 'page '.repeat(200);

/** A program that makes many folders and files in one command; the honest one syncs each of them. */
const openAlbum = ({ fs }: SimulatedEnvironment, syncs: boolean): Album => {
  const sync = async (path: string): Promise<void> => {
    if (!syncs) return;
    const file = await fs.open(path, 'r');
    await file.sync();
    await file.close();
  };
  return {
    add: async (album) => {
      for (let page = 0; page < PAGES; page++) {
        const folder = `/${album}-${page}`;
        await fs.mkdir(folder, { recursive: true });
        await fs.writeFile(`${folder}/page`, PAGE);
        for (const path of [`${folder}/page`, folder, '/']) await sync(path);
      }
    },
    missing: async (album) => {
      let missing = 0;
      for (let page = 0; page < PAGES; page++) {
        const text = await fs.readFile(`/${album}-${page}/page`, 'utf8').catch(() => '');
        if (text !== PAGE) missing += 1;
      }
      return missing;
    },
  };
};

const albumSuite = (syncs: boolean): SuiteDefinition<Album, number, void> => ({
  name: 'an album of many pages',
  unknown: 'abandon',
  boot: (env) => openAlbum(env, syncs),
  commands: fc.constant([0]),
  perform: (album, number) => album.add(number),
  invariants: [
    {
      name: 'kept',
      statement: 'An album that was added is whole.',
      check: async ({ commands }, album) => {
        for (const { command, outcome } of commands) {
          if (outcome.status !== 'acknowledged') continue;
          const missing = await album.missing(command);
          if (missing > 0) return `${missing} pages are missing`;
        }
        return undefined;
      },
    },
  ],
});

/** Images count as lives, too: a hundred as one. */
const LIVES_MAX = 400;

describe('exploreSuite: an exploration that is cut short', () => {
  const exploreAlbum = async (syncs: boolean): Promise<{ result: Exhausted; livesUntilFound: number }> => {
    const suite = albumSuite(syncs) as unknown as Suite; // a suite of any system
    const workload: Json[] = [0];
    let livesUntilFound = Number.POSITIVE_INFINITY;
    let lives = 0;
    const result = await drive(
      explore(suite, workload, {
        model: diskModel('posix'),
        depth: 20,
        commandsAfterCrash: 1,
        imageBudget: 256,
        lifeBudget: LIVES_MAX,
        stopped: () => undefined,
        enough: () => true,
        onLife: ({ broken }) => {
          lives += 1;
          if (broken.length > 0) livesUntilFound = Math.min(livesUntilFound, lives);
        },
      }),
    );
    return { result, livesUntilFound };
  };

  it('finds the loss of an acknowledged command among its first runs, however many writes came before', async () => {
    const { result, livesUntilFound } = await exploreAlbum(false);
    expect(result.findings[0]).toMatchObject({
      broken: { invariant: 'kept' },
      tape: { crashes: [{ fill: 'zero' }] },
    });
    expect(livesUntilFound).toBeLessThanOrEqual(10);
  });

  it('finds nothing in a program that syncs what it acknowledges', async () => {
    const { result } = await exploreAlbum(true);
    expect(result.findings).toEqual([]);
    expect(result.checked).toBeGreaterThan(50);
  });
});
