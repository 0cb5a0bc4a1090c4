/** What the guard costs the host: a patched function outside of any life, against the function it replaced. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installGuard } from '../sim/guard/guard.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';

const CALLS = 10_000;

// Taken before the guard is installed: these stay what they were.
const real = { now: Date.now, Date, random: Math.random, statSync, setTimeout, clearTimeout };

const repeat = (name: string, call: () => unknown): Contender => ({
  name,
  operations: CALLS,
  run: () => {
    for (let index = 0; index < CALLS; index++) call();
  },
});

export const comparisons = async (): Promise<readonly Comparison[]> => {
  installGuard();
  const file = fileURLToPath(import.meta.url);
  return [
    await compare(
      'Date.now',
      repeat('real', () => real.now()),
      [repeat('guarded', () => Date.now())],
    ),
    await compare(
      'new Date',
      repeat('real', () => new real.Date()),
      [repeat('guarded', () => new Date())],
    ),
    await compare(
      'Math.random',
      repeat('real', () => real.random()),
      [repeat('guarded', () => Math.random())],
    ),
    await compare(
      'fs.statSync',
      repeat('real', () => real.statSync(file)),
      [repeat('guarded', () => statSync(file))],
    ),
    await compare(
      'setTimeout and clearTimeout',
      repeat('real', () => real.clearTimeout(real.setTimeout(() => {}, 1000))),
      [repeat('guarded', () => clearTimeout(setTimeout(() => {}, 1000)))],
    ),
  ];
};
