/**
 * The promises of a package that keeps one value in files: after a restart no read returns an older value than the
 * acknowledged one, or half of one. The packages are those of `packages/package.json`, unmodified, and new in each life.
 */
import { createRequire } from 'node:module';
import { defineSuite, fc, type History, type Invariant } from 'powercut';
import { freshRequire, onSimulatedDisk } from 'powercut/node-fs';

export type Put = { readonly type: 'put'; readonly text: string };

export interface Kept {
  put(text: string): unknown;
  /** Undefined: nothing was put yet. */
  get(): Promise<string | undefined> | string | undefined;
}

const require = createRequire(new URL('./packages/package.json', import.meta.url));

/** A package, or a file of one, as a process that has just started finds it. */
export const load = (id: string): unknown => freshRequire(require, id);

/** Longer than a sector, so that it can tear. */
const BODY = ' is what there is to keep. '.repeat(24);

const puts: fc.Arbitrary<readonly Put[]> = fc
  .integer({ min: 1, max: 2 })
  .map((count) =>
    Array.from({ length: count }, (_, index) => ({ type: 'put', text: `${index + 1}${BODY}` })),
  );

type Found = { readonly index: number } | { readonly odd: string };

/** Which value is there; index -1: none. */
const find = async ({ commands }: History<Put>, kept: Kept): Promise<Found> => {
  let text: string | undefined;
  try {
    text = await kept.get();
  } catch (error) {
    // The words are those of the Node that runs it.
    return { odd: `it can't be read (${error instanceof Error ? error.name : error})` };
  }
  if (text === undefined) return { index: -1 };
  const index = commands.findLastIndex(({ command }) => command.text === text);
  return index === -1 ? { odd: `there are ${text.length} characters that nobody has put` } : { index };
};

const isWhole: Invariant<Kept, Put> = {
  name: 'whole',
  statement: 'A value is read as it was put, or there is none.',
  check: async (history, kept) => {
    const found = await find(history, kept);
    return 'odd' in found ? found.odd : undefined;
  },
};

const isKept: Invariant<Kept, Put> = {
  name: 'kept',
  statement: 'After a restart no value older than the last acknowledged one is read.',
  check: async (history, kept, moment) => {
    // While the process runs, what waits in its memory is not lost.
    if (moment !== 'recovered') return undefined;
    const last = history.commands.findLastIndex(({ outcome }) => outcome.status === 'acknowledged');
    if (last < 0) return undefined;
    const found = await find(history, kept);
    if ('odd' in found) return `value ${last + 1} was acknowledged, and ${found.odd}`;
    if (found.index >= last) return undefined;
    const instead = found.index < 0 ? 'there is none' : `value ${found.index + 1} is there`;
    return `value ${last + 1} was acknowledged, and ${instead}`;
  },
};

/** The suite of a package that keeps one value. */
export const keeping = (
  name: string,
  boot: () => Kept | Promise<Kept>,
  expected: 'safe' | 'unsafe' = 'unsafe',
) =>
  defineSuite({
    name,
    boot: onSimulatedDisk(boot),
    commands: puts,
    perform: async (kept, { text }) => {
      await kept.put(text);
    },
    invariants: [isWhole, isKept],
    describe: ({ text }) => `put value ${text.slice(0, 1)}`,
    expected,
  });
