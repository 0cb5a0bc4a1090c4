/** What `powercut init` writes: a suite that fails, a test of it, and the files around them. */

/** A counter that loses what it acknowledged, so that the first run shows a failure. */
const SUITE = `import { defineSuite, fc } from 'powercut';

/** Your program, on the disk that it is given. This one loses additions: writeFile does not sync. */
const openCounter = async (fs) => {
  let count = Number(await fs.readFile('/count', 'utf8').catch(() => '')) || 0;
  return {
    count: () => count,
    add: () => fs.writeFile('/count', String(++count)),
  };
};

export default defineSuite({
  name: 'a counter survives power cuts',
  // Starts the program: at first, and again after each crash.
  boot: ({ fs }) => openCounter(fs),
  // The commands that a client may send.
  commands: fc.array(fc.constant('add'), { minLength: 1, maxLength: 5 }),
  perform: (counter, command) => counter.add(),
  // What must hold after each recovery.
  invariants: [
    {
      name: 'durability',
      statement: 'Every acknowledged addition is counted.',
      check: ({ commands }, counter) => {
        const added = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
        return counter.count() >= added ? undefined : \`\${added} were acknowledged, and it says \${counter.count()}\`;
      },
    },
  ],
});
`;

const TYPED_SUITE = SUITE.replace(
  "import { defineSuite, fc } from 'powercut';",
  "import { defineSuite, type FileSystem, fc } from 'powercut';",
).replace('async (fs) =>', 'async (fs: FileSystem) =>');

const testOf = (suite: string): string => `import { testSuite } from 'powercut/vitest';
import counter from './${suite.replace(/\.ts$/, '.js')}';

testSuite(counter);
`;

/** What a Vitest config needs for the report. */
export const REPORTERS = "reporters: ['default', 'powercut/vitest-reporter'],";

const VITEST_CONFIG = `import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The second one writes the report of all suites to reports/out.
    ${REPORTERS}
  },
});
`;

const WORKFLOW = `name: powercut
on: [push, pull_request]
jobs:
  powercut:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
          cache: npm
      - run: npm ci
      - run: npx powercut run . --time-limit 10m
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: powercut-report
          path: reports/out
`;

/** Vitest reads one config: the first of these that is there. */
export const VITEST_CONFIGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `${name}.config.${extension}`),
);

/** Lines that belong into .gitignore. */
export const IGNORED = ['.powercut/', 'reports/out/'];

export interface Project {
  readonly hasTypeScript: boolean;
  readonly hasVitest: boolean;
  /** It has a config that Vitest reads: a second one would hide it. */
  readonly hasVitestConfig: boolean;
}

/** The files of a project, by path; all but .gitignore. */
export const filesFor = ({
  hasTypeScript,
  hasVitest,
  hasVitestConfig,
}: Project): ReadonlyMap<string, string> => {
  const extension = hasTypeScript ? 'ts' : 'mjs';
  const suite = `counter.suite.${extension}`;
  return new Map([
    [suite, hasTypeScript ? TYPED_SUITE : SUITE],
    ...(hasVitest ? ([[`counter.test.${extension}`, testOf(suite)]] as const) : []),
    ...(hasVitest && !hasVitestConfig ? ([[`vitest.config.${extension}`, VITEST_CONFIG]] as const) : []),
    ['.github/workflows/powercut.yml', WORKFLOW],
  ]);
};
