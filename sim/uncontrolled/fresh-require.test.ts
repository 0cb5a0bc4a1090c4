import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { freshRequire } from './fresh-require.js';

it('gives a module the require of its own', () => {
  expect(freshRequire(createRequire(import.meta.url), './fixtures/asks-its-module.cjs')).toBe('/');
});
