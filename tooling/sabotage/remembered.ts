/**
 * Fates of an earlier run on the same sources, in `.powercut/sabotage`. A full run takes most of an hour. With these it can be
 * interrupted, or done in pieces. An exploration is deterministic, so the same sources have the same fate.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceTexts } from '../../properties/sabotage/sabotage.js';
import { ROOT } from '../sources.js';
import type { Fate } from './run.js';

const DIRECTORY = join(ROOT, '.powercut/sabotage');

/** No fate depends on these: the list of sabotages, and the reasons why some survive. */
const WITHOUT_EFFECT =
  /\.test\.ts$|^properties\/sabotage\/(gallery\/|automatic\.|known-incidents\.|equivalent-mutants\.)/;

const digest = (...texts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest('hex').slice(0, 32);
};

/** Explores what these `orders` say, or returns what came of it before. */
export type Remember = (orders: object, explore: () => Promise<Fate>) => Promise<Fate>;

/** `isResumed`: earlier fates are taken; otherwise they are only kept. Those of other sources are removed. */
export const rememberFates = (sources: SourceTexts, isResumed: boolean): Remember => {
  const own = digest(...[...sources].filter(([path]) => !WITHOUT_EFFECT.test(path)).flat());
  const directory = join(DIRECTORY, own);
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(DIRECTORY))
    if (name !== own) rmSync(join(DIRECTORY, name), { recursive: true });
  return async (orders, explore) => {
    const path = join(directory, `${digest(JSON.stringify(orders))}.json`);
    // Only this module writes it.
    if (isResumed && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Fate;
    const fate = await explore();
    if (fate.kind !== 'failed') writeFileSync(path, JSON.stringify(fate));
    return fate;
  };
};
