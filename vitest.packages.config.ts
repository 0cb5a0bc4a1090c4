/** The tests that need the packages of examples/npm-packages/packages: apart, so that a newcomer's `npm ci` stays light. */
import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.js';

export default defineConfig({
  ...base,
  test: { ...base.test, include: ['examples/npm-packages/*.packages-test.ts'] },
});
