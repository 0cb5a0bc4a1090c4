/** The pages of the ready-made invariants, written from real runs: `--update` writes them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOTHING_OBSERVED } from '../../properties/observation/observation.js';
import { ROOT } from '../sources.js';
import {
  ACKNOWLEDGED,
  exampleOf,
  exploreExample,
  invariantIndex,
  invariantPage,
  readyMade,
} from './invariant-pages.js';
import { INVARIANT_TEXTS } from './invariant-texts.js';

const NAMES = Object.keys(INVARIANT_TEXTS);
const NOTHING_SENT = { ...ACKNOWLEDGED, commands: [] };
const FOLDER = join(ROOT, 'docs', 'invariants');

describe('docs/invariants', () => {
  it('has a page of each ready-made invariant, and no other', () => {
    const made = [...readyMade(() => NOTHING_OBSERVED).keys()].sort();
    expect([...NAMES].sort()).toEqual(made);
    const pages = readdirSync(FOLDER).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(made.map((name) => `${name}.md`));
  });

  it('README.md lists them, and shows the shop as it is', async () => {
    await expect(await invariantIndex()).toMatchFileSnapshot(join(FOLDER, 'README.md'));
  });
});

describe.each(NAMES)('docs/invariants/%s.md', (name) => {
  it('is what the code, the example and its run say', async () => {
    await expect(await invariantPage(name)).toMatchFileSnapshot(join(FOLDER, `${name}.md`));
  });

  it('is at stake once a command is acknowledged', () => {
    const invariant = readyMade(() => NOTHING_OBSERVED).get(name);
    expect(invariant?.atStake?.(NOTHING_SENT, 'recovered')).toBe(false);
    expect(invariant?.atStake?.(ACKNOWLEDGED, 'recovered')).toBe(true);
  });

  it('has an example that breaks this invariant alone, and holds when it is mended', async () => {
    const { broken, mended } = await exampleOf(name);
    const { violations } = await exploreExample(broken);
    expect(violations.map(({ invariant }) => invariant)).toEqual([name]);
    expect(await exploreExample(mended)).toMatchObject({ verdict: 'holds', violations: [] });
  });
});
