/** The tests that need a browser (Debian's chromium, or the one in CHROMIUM) or lcov's genhtml: apart, so that `npm test` needs neither. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.browser-test.ts', '**/*.viewer-test.ts'],
    pool: 'forks',
    // A test waits for its browser half of the time.
    maxWorkers: 2,
    retry: 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
});
