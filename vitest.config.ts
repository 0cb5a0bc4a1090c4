/**
 * How the tests run: every `*.test.ts` beside its source, no second tries. Starting a process and loading the sources again
 * takes longer than most files. So files share two processes, but for those whose subject is the process itself.
 */
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests of what a life does to its process, of modules that are loaded again, and of processes that are started. */
const OWN_PROCESS = [
  'cli/**/*.test.ts',
  'exports/**/*.test.ts',
  'sim/guard/**/*.test.ts',
  'sim/life/**/*.test.ts',
  'sim/module-graph/**/*.test.ts',
  'sim/modules/**/*.test.ts',
  'sim/process/**/*.test.ts',
];
const NEVER = [...configDefaults.exclude, 'dist/**', '.powercut/**', 'reports/out/**', 'bench/peers/**'];

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the kinds of tests share. */
export const base = {
  resolve: {
    // The examples import the package by its name; here that is its source.
    alias: [
      { find: /^powercut\/(.+)$/, replacement: source('exports/$1.ts') },
      { find: /^powercut$/, replacement: source('exports/index.ts') },
    ],
  },
  test: {
    exclude: NEVER,
    // A process, not a thread: the guard patches the globals and builtin modules of the process it is in.
    pool: 'forks',
    // Two, on the smallest machine we build on; a test is never tried again until it passes.
    maxWorkers: 2,
    retry: 0,
    // A crash campaign is one long test; a hang is still found.
    testTimeout: 60_000,
    // On a busy machine, building the site or the package takes as long as a test.
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
} satisfies ViteUserConfig;

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: [
      { extends: true, test: { name: 'own process', include: OWN_PROCESS } },
      {
        extends: true,
        test: {
          name: 'shared process',
          include: ['**/*.test.ts'],
          exclude: [...NEVER, ...OWN_PROCESS],
          isolate: false,
        },
      },
    ],
  },
});
