import { expect, it } from 'vitest';
import type { CampaignResult } from '../sim/result/result.js';
import { HOSTILE, sixDesigns } from './fixtures/results.js';
import { renderMarkdown } from './formats/markdown.js';
import { renderReport } from './html/report.js';
import { readResult } from './result/read-result.js';
import { renderCampaign } from './terminal/campaign.js';

const noted = (message: string): CampaignResult => {
  const result = sixDesigns();
  const [first, ...others] = result.suites;
  if (first === undefined) throw new Error('The fixture has no suite.');
  return { ...result, suites: [{ ...first, notes: [{ code: 'REFUSAL_CAUGHT', message }] }, ...others] };
};

const FORMATS = [
  ['terminal', (result: CampaignResult) => renderCampaign(result, { columns: 120, color: false })],
  ['report', renderReport],
  ['Markdown', renderMarkdown],
] as const;

it.each(FORMATS)(
  'renderReport, renderCampaign, renderMarkdown: the %s shows a note once',
  (_format, render) => {
    const text = render(noted('Worker was refused at boot.ts:3:9.'));
    expect(text.split('Worker was refused at boot.ts:3:9. ')).toHaveLength(2);
    expect(render(sixDesigns())).not.toContain('was refused');
  },
);

it.each(FORMATS)('renderReport, renderCampaign, renderMarkdown: the %s escapes a note', (_format, render) => {
  const text = render(noted(HOSTILE));
  expect(text).not.toContain('\u001b[2J');
  expect(text).not.toContain('\u202e');
});

it('readResult: a result with notes is as it was written', () => {
  const result = noted('Worker was refused.');
  expect(readResult(JSON.stringify(result), 'result.json')).toEqual(result);
});
