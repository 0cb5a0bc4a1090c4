import { expect, it } from 'vitest';
import { bounded, CAMPAIGNS_MAX, FINDINGS_MAX } from './bounded.js';
import { EMPTY_HISTORY, type History } from './history.js';
import { campaignOn, violation } from './testing/campaigns.js';
import { updated } from './update-history.js';

it('bounded keeps the newest campaigns, open findings, and those that were resolved last', () => {
  const { history } = updated(EMPTY_HISTORY, campaignOn(1, { violations: [violation('a')] }));
  const [finding] = history.findings;
  const [campaign] = history.campaigns;
  if (finding === undefined || campaign === undefined) throw new Error('The history is empty.');
  const at = (index: number): string => new Date(Date.UTC(2031, 0, 1) + index * 1000).toISOString();
  const many: History = {
    findings: Array.from({ length: FINDINGS_MAX + 2 }, (_, index) => ({
      ...finding,
      identity: String(index),
      state: index < 3 ? 'ongoing' : 'resolved',
      since: { time: at(index) },
    })),
    campaigns: Array.from({ length: CAMPAIGNS_MAX + 2 }, (_, index) => ({ ...campaign, time: at(index) })),
  };
  const kept = bounded(many);
  expect(kept.findings).toEqual(many.findings.filter((_, index) => index !== 3 && index !== 4));
  expect(kept.campaigns).toEqual(many.campaigns.slice(2));
  expect(bounded(kept)).toEqual(kept);
});
