/**
 * The tests that take long: explorations of whole disks, processes, packed packages, galleries. Apart, so that `npm test`
 * is over in minutes; `npm run test:all` runs them, too.
 */
import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.js';

export default defineConfig({
  ...base,
  test: { ...base.test, include: ['**/*.long-test.ts'] },
});
