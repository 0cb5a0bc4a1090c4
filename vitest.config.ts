/** How the tests run: every `*.test.ts` beside its source, each file in a process of its own, no second tries. */
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // The examples import the package by its name; here that is its source.
    alias: [
      { find: /^powercut\/(.+)$/, replacement: source('exports/$1.ts') },
      { find: /^powercut$/, replacement: source('exports/index.ts') },
    ],
  },
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'dist/**', '.powercut/**', 'reports/out/**', 'bench/peers/**'],
    // A process, not a thread: the guard patches the globals and builtin modules of the process it is in.
    pool: 'forks',
    // Two, on the smallest machine we build on; a test is never tried again until it passes.
    maxWorkers: 2,
    retry: 0,
    // A crash campaign is one long test; a hang is still found.
    testTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
});
