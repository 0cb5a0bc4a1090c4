import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { drive } from '../life/drive.js';
import type { Tape } from '../run/tape.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';
import { checkDeterminism } from './nondeterminism.js';

/** A program that writes a file whose name, or content, `value` gives. */
const suiteThatWrites = (name: () => string, content: () => string): Suite => {
  const suite: SuiteDefinition<SimulatedEnvironment, null> = {
    name: 'a program that keeps something to itself',
    boot: (env) => env,
    commands: fc.constant([null]),
    perform: async ({ fs }) => {
      await fs.access('/');
      await fs.writeFile(name(), content());
    },
    invariants: [],
  };
  return suite as unknown as Suite; // the explorers hand its parts back to itself only
};

const TAPE: Tape = { workload: [null], crashes: [], commandsAfterCrash: 1 };
const check = (suite: Suite): Promise<void> => drive(checkDeterminism(suite, diskModel('posix'), TAPE));

describe('checkDeterminism', () => {
  it('passes a program that depends on its environment alone', async () => {
    await expect(
      check(
        suiteThatWrites(
          () => '/a',
          () => 'text',
        ),
      ),
    ).resolves.toBeUndefined();
  });

  it('names the first step that differs, where it was made, and what may be the cause', async () => {
    let booted = 0;
    const suite = suiteThatWrites(
      () => `/file-${++booted}`,
      () => 'text',
    );
    await expect(check(suite)).rejects.toMatchObject({ code: 'SUITE_NONDETERMINISTIC' });
    await expect(check(suite)).rejects.toThrow(
      /differs first at step 3 of life 1: 'open \/file-3' at 2030-01-01 00:00:00.000 \(.*nondeterminism\.test\.ts:\d+\), then 'open \/file-4'.*state that outlives a life/,
    );
  });

  it('tells a difference in what was written, of the same length, too', async () => {
    let booted = 0;
    await expect(
      check(
        suiteThatWrites(
          () => '/a',
          () => String(++booted),
        ),
      ),
    ).rejects.toThrow('made the same steps, but its writes');
  });
});

describe('exploreSuite: a failure of a program with a state that outlives its lives', () => {
  const suiteThatBreaks = (fileName: () => string): Suite => ({
    ...suiteThatWrites(fileName, () => 'text'),
    invariants: [{ name: 'never', statement: 'It is never well.', check: () => 'as ever' }],
  });
  const storyOf = async (suite: Suite): Promise<string | undefined> =>
    (await exploreSuite(suite, { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1 })).violations[0]?.story;

  it('is told with a caveat', async () => {
    let writes = 0;
    const story = await storyOf(suiteThatBreaks(() => `/file-${++writes}`));
    expect(story).toMatch(
      /What is wrong: as ever\.\nBEWARE: played twice, this run differs first at step 3 of life 1: /,
    );
    expect(story).toContain('Load the program with freshProgram');
  });

  it('is told without one where there is no such state', async () => {
    expect(await storyOf(suiteThatBreaks(() => '/file'))).toMatch(/What is wrong: as ever\.$/);
  });
});
