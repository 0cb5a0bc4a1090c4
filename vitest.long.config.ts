/**
 * The tests that take long: explorations of whole disks, processes, packed packages, galleries. Apart, so that `npm test`
 * is over in minutes; `npm run test:all` runs them, too.
 */
import { defineConfig } from 'vitest/config';
import config from './vitest.config.js';

export default defineConfig({
  ...config,
  test: { ...config.test, include: ['**/*.long-test.ts'] },
});
