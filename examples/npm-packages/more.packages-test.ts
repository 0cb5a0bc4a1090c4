/**
 * Packages in ways that the gallery does not have: a move, a buffer, a lock. `npm run test:packages` installs the packages and
 * runs this.
 */
import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type Suite,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import cacache from './cacache.suite.js';
import outputFile, { move } from './fs-extra.suite.js';
import synchronous, { buffered } from './pino.suite.js';
import properLockfile from './proper-lockfile.suite.js';

const BOUNDS: Partial<ExploreOptions> = { workloads: 2, commands: 2, depth: 1, runs: 0 };

const explore = (suite: Suite, disk: DiskModelName): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, ...BOUNDS, disk });

interface Expected {
  readonly suite: Suite;
  /** The disk model of a power cut. Default: 'posix'. */
  readonly disk?: DiskModelName;
  /** The invariants that a power cut violates, and those that a kill of the process does. */
  readonly cut: readonly string[];
  readonly killed: readonly string[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'fs-extra-output-file': { suite: outputFile, cut: ['kept', 'whole'], killed: ['kept', 'whole'] },
  'fs-extra-move': { suite: move, disk: 'prefix', cut: ['kept'], killed: ['kept'] },
  pino: { suite: synchronous, cut: ['kept', 'whole'], killed: [] },
  'pino-buffered': { suite: buffered, cut: ['kept'], killed: ['kept'] },
  cacache: { suite: cacache, disk: 'prefix', cut: ['kept'], killed: [] },
  'proper-lockfile': { suite: properLockfile, cut: [], killed: [] },
};

const DRAWN = /(?<=\.tmp-|\/tmp\/)[0-9a-f-]{16,}/g;

/** Every failure of a package, as people review it; the temporary names that a package draws are left out. */
const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story.replace(DRAWN, 'TEMPORARY')}\n`).join('\n');

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

describe.each(Object.entries(EXPECTED))(
  'exploreSuite: %s',
  (name, { suite, disk = 'posix', cut, killed }) => {
    it('keeps and loses in a power cut what its source says', async () => {
      const result = await explore(suite, disk);
      expect(broken(result)).toEqual(cut);
      if (cut.length > 0) await expect(storiesOf(result)).toMatchFileSnapshot(`stories/${name}.txt`);
    });

    it('keeps and loses in a kill of its process what its source says', async () => {
      const result = await explore(suite, 'process-kill');
      expect(broken(result)).toEqual(killed);
      if (cut.length === 0) expect(result.verdict).toBe('holds');
    });
  },
);
