/**
 * Some packages of the gallery in more detail than `npm run packages` has: more crashes, random runs, and every story.
 * `npm run test:packages` installs the packages and runs this.
 */
import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import { ENTRIES, type Entry } from './gallery/verdicts.js';

type Bounds = Partial<ExploreOptions>;

const ONE_CRASH: Bounds = { workloads: 2, commands: 2, depth: 1, runs: 0 };
const TWO_CRASHES: Bounds = { workloads: 3, depth: 2, runs: 20 };

interface Detail {
  readonly bounds?: Bounds;
  readonly killBounds?: Bounds;
  /** What its stories and messages say, by invariant. */
  readonly messages?: Readonly<Record<string, RegExp>>;
  readonly stories?: Readonly<Record<string, RegExp>>;
}

const DETAILS: Readonly<Record<string, Detail>> = {
  '@seald-io/nedb': {
    killBounds: { workloads: 2, depth: 2, runs: 5 },
    messages: {
      durability: /^a: value 1 was acknowledged, and there is none$/,
      recovers: /100% of the data file is corrupt/,
    },
    stories: { durability: /write \d+ B to \/data\/documents\.db at 0/ },
  },
  'atomically, fsyncWait: false': {
    bounds: { workloads: 1, commands: 1, depth: 1, runs: 0 },
    killBounds: TWO_CRASHES,
    messages: { 'no-invention': /^a: there are \d+ characters that were never set$/ },
    stories: { 'no-invention': /Lost \(never fsynced\): .*\/data\/a (size|bytes)/ },
  },
  conf: {},
  'flat-cache': {},
  lowdb: {},
  'node-persist': {},
  steno: {
    bounds: TWO_CRASHES,
    killBounds: TWO_CRASHES,
    messages: { 'no-invention': /: there are \d+ characters that were never set$/ },
  },
  'write-file-atomic': {
    bounds: TWO_CRASHES,
    killBounds: TWO_CRASHES,
    messages: { durability: /value \d was acknowledged, and there is (none|value \d)$/ },
  },
};

const entryOf = (name: string): Entry => {
  const found = ENTRIES.find(({ suite }) => suite.name === name);
  if (found === undefined) throw new Error(`There is no suite '${name}'.`);
  return found;
};

const explore = ({ suite }: Entry, disk: DiskModelName, bounds: Bounds = ONE_CRASH): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, ...bounds, disk });

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

/** Names that a package draws, or that depend on where the checkout lies. */
const DRAWN = /(?<=\/data\/(?:\w+\.)?(?:json\.)?(?:a\.)?(?:tmp-)?)[0-9a-f-]{8,}/g;

/** Every failure of a package, as people review it. */
const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story.replace(DRAWN, 'TEMPORARY')}\n`).join('\n');

describe.each(Object.entries(DETAILS))(
  'exploreSuite: %s, in detail',
  (name, { bounds, killBounds, messages = {}, stories = {} }) => {
    const entry = entryOf(name);

    it('keeps and loses in a power cut what its source says', async () => {
      const result = await explore(entry, 'posix', bounds);
      expect(result.verdict).toBe('violated');
      expect(broken(result)).toEqual([...entry.cut].sort());
      const of = (invariant: string) => result.violations.find((one) => one.invariant === invariant);
      for (const [invariant, text] of Object.entries(messages)) expect(of(invariant)?.message).toMatch(text);
      for (const [invariant, text] of Object.entries(stories)) expect(of(invariant)?.story).toMatch(text);
      const file = name.replace(/\W+/g, '-').replace(/^-/, '');
      await expect(storiesOf(result)).toMatchFileSnapshot(`stories/${file}.txt`);
    });

    it('keeps and loses in a kill of its process what its source says', async () => {
      expect(broken(await explore(entry, 'process-kill', killBounds))).toEqual([...entry.kill].sort());
    });
  },
);
