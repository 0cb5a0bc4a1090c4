/** The command line in this process, with a simulator that explores nothing. */
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { sixDesigns } from '../../reports/fixtures/results.js';
import type { CampaignResult, ReplayResult, SuiteResult } from '../../sim/result/result.js';
import type { Suite } from '../../sim/suite/suite.js';
import type { Context } from '../context.js';
import type { UnitOptions } from '../messages/messages.js';
import { runCli } from '../program.js';
import type { Explore } from '../workers/pool.js';

const suiteNamed = (name: string): Suite => ({
  name,
  boot: () => undefined,
  commands: fc.constant([]),
  perform: () => null,
  invariants: [{ name: 'nothing', statement: 'Nothing.', check: () => undefined }],
});

export const replayResult: ReplayResult = {
  schemaVersion: 2,
  suite: 'publish-after-save',
  token: 'pc1.token',
  digest: 'd1',
  same: true,
  story: 'The power fails.',
  violated: [{ invariant: 'usable', message: 'It is not.' }],
  crashes: [],
  trace: [],
};

export interface Called {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly UnitOptions[];
}

/** One command line in a directory, with a simulator that returns the given results. */
export const callCli = async (
  directory: string,
  words: readonly string[],
  found: readonly SuiteResult[] = sixDesigns().suites,
  changes: Partial<Context> = {},
): Promise<Called> => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const asked: UnitOptions[] = [];
  const explore: Explore = async (units) => {
    asked.push(...units.map(({ options }) => options));
    return units.map(({ reference }) =>
      found.find(({ name }) => 'name' in reference && name === reference.name),
    );
  };
  const exitCode = await runCli(words, {
    stdout,
    stderr,
    variables: {},
    directory,
    explore,
    replayFailures: async (suites) => suites.map(() => undefined),
    describeFile: async () => [],
    openInBrowser: async () => undefined,
    playToken: async () => ({ result: replayResult }),
    loadEngine: async () => ({
      loadShippedSuites: async () => found.map(({ name }) => suiteNamed(name)),
      combineResults: (suites, campaign): CampaignResult => ({ ...sixDesigns(), ...campaign, suites }),
    }),
    ...changes,
  });
  stdout.end();
  stderr.end();
  const text = async (stream: PassThrough): Promise<string> =>
    Buffer.concat(await stream.toArray()).toString('utf8');
  return { exitCode, out: await text(stdout), err: await text(stderr), asked };
};
