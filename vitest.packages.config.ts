/** The tests that need packages of their own: apart, so that a newcomer's `npm ci` stays light. */
import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['examples/**/*.packages-test.ts', 'tooling/recipes/*.packages-test.ts'],
  },
});
