/** The page that says which suite asks about which fault, and which sabotages show that it would notice: written from the gallery. */
import { expect, test } from 'vitest';
import { gallery } from './gallery/index.js';
import { ROWS } from './known-incidents.js';

const row = ([fault, reported]: readonly [string, string]): string => {
  const sabotages = gallery.filter((sabotage) => sabotage.row === fault);
  const suites = [...new Set(sabotages.flatMap((sabotage) => sabotage.suites))];
  const cells = [
    fault,
    reported,
    suites.map((name) => `\`${name}\``).join(', '),
    sabotages.map(({ name }) => name).join('; '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
};

test('docs/scenarios.md says what the gallery holds', async () => {
  const page = [
    '# What went wrong elsewhere, and what asks about it here',
    '',
    'Each fault was seen in a real system. The suites pass on the source as it is; each sabotage puts the fault back, and must',
    'make one of them fail (`npm run sabotage`). Written by `npx vitest run properties/sabotage/table.test.ts --update`.',
    '',
    '| fault | seen in | suites that ask | sabotages that must be found |',
    '|---|---|---|---|',
    ...Object.entries(ROWS).map(row),
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot('../../docs/scenarios.md');
});
