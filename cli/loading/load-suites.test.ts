import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteFile } from '../testing/compiled.js';
import { loadFile, loadSuiteAnew } from './load-suites.js';

const COUNTER = pathToFileURL(suiteFile('counter')).href;

/** The parts of a suite, as an unchecked object. */
const PLAIN = `{
  name: 'plain',
  boot: () => ({}),
  commands: { generate: () => undefined },
  perform: () => undefined,
  invariants: [{ name: 'kept', statement: 'It is kept.', check: () => undefined }],
}`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-suites-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let files = 0;

/** What is said of a file with this text. */
const refusal = async (text: string): Promise<unknown> => {
  const name = `${files++}.suite.mjs`;
  await writeFile(join(directory, name), text);
  return loadFile(pathToFileURL(join(directory, name)).href, name).then(
    (found) => found.map((suite) => suite.name),
    (error: unknown) => error,
  );
};

describe('loadFile: a suite file', () => {
  it.each<[string, string, string, string]>([
    ['nothing', '', 'SUITE_MISSING', 'has no suite'],
    ['no default', 'export const suite = 1;', 'SUITE_MISSING', 'has no suite'],
    ['undefined', 'export default undefined;', 'SUITE_MISSING', 'has no suite'],
    ['an empty list', 'export default [];', 'SUITE_MISSING', 'has no suite'],
    ['null', 'export default null;', 'SUITE_MALFORMED', 'is no suite, but null'],
    ['a number', 'export default 7;', 'SUITE_MALFORMED', 'is no suite, but a number'],
    ['a function', 'export default () => {};', 'SUITE_MALFORMED', 'is no suite, but a function'],
    ['a whole plain object', `export default ${PLAIN};`, 'SUITE_MALFORMED', 'was not made by defineSuite'],
    [
      'half a plain object',
      "export default { name: 'x' };",
      'SUITE_MALFORMED',
      "besides, it needs a function 'boot'",
    ],
    ['a list with a plain object', `export default [${PLAIN}];`, 'SUITE_MALFORMED', 'suite 1 of'],
    [
      'a copy of a suite',
      `import suites from '${COUNTER}'; export default { ...suites[0], name: 'copy' };`,
      'SUITE_MALFORMED',
      'was not made by defineSuite',
    ],
    [
      'a forged brand',
      `export default { ...${PLAIN}, [Symbol.for('powercut.suites')]: true };`,
      'SUITE_MALFORMED',
      'was not made by defineSuite',
    ],
    [
      'a getter that throws',
      'export default { get name() { throw new Error("no"); } };',
      'SUITE_MALFORMED',
      'no',
    ],
    ['a throw of null', 'throw null;', 'SUITE_UNLOADABLE', 'Cannot load'],
    ['a syntax error', 'export default {', 'SUITE_UNLOADABLE', 'Cannot load'],
    [
      'a suite with a mistake',
      `import suites, { defineSuite } from '${COUNTER}';
       export default defineSuite({ ...suites[0], expected: 'sfae' });`,
      'SUITE_UNLOADABLE',
      "needs 'safe' or 'unsafe' as 'expected', not 'sfae'",
    ],
  ])('that exports %s is refused, and says why', async (_what, text, code, message) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('that exports suites of defineSuite is taken, whichever copy of the package made them', async () => {
    expect(await refusal(`export { default } from '${COUNTER}';`)).toEqual([
      'synced counter',
      'hasty counter',
    ]);
    // Another evaluation of the module, with a registry that it finds and does not make.
    const registry = new URL('../../sim/suite/suite-registry.ts', import.meta.url).href;
    const text = `
      import suites from '${COUNTER}';
      import { isSuite, registerSuite } from '${registry}?copy';
      if (!isSuite(suites[0])) throw new Error('the copy does not know the suite');
      const suite = Object.freeze({ ...suites[0], name: 'of the copy' });
      registerSuite(suite, undefined);
      export default suite;`;
    expect(await refusal(text)).toEqual(['of the copy']);
  });
});

describe('loadSuiteAnew', () => {
  it('evaluates a shipped suite once more, with files of its own', async () => {
    const { suite, files } = await loadSuiteAnew({ kind: 'shipped', name: 'checkpointed-feeder' });
    expect(suite.name).toBe('checkpointed-feeder');
    expect(files).toContainEqual(expect.stringMatching(/properties\/suites\/index\.ts$/));
  });

  it('rejects a name that no shipped suite has', async () => {
    const missing = loadSuiteAnew({ kind: 'shipped', name: 'no-such-suite' });
    await expect(missing).rejects.toMatchObject({ code: 'SUITE_MISSING' });
  });
});
