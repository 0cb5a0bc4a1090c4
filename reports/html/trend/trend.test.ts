import { describe, expect, it } from 'vitest';
import { HOSTILE, sixDesigns } from '../../fixtures/results.js';
import { EMPTY_HISTORY, type History } from '../../history/history.js';
import { campaignOn, type Given, passes, violation } from '../../history/testing/campaigns.js';
import { updated } from '../../history/update-history.js';
import { renderReport } from '../report.js';
import { renderTrendPage, trendSection } from './trend.js';

const historyOf = (...campaigns: readonly Given[]): History =>
  campaigns.reduce<History>(
    (history, given, index) => updated(history, campaignOn(index + 1, given)).history,
    EMPTY_HISTORY,
  );

const A: Given = { violations: [violation('a')] };
const GREEN: Given = { replays: [passes('a')] };

describe('trendSection', () => {
  it('draws findings, states, coverage and novelty over the campaigns', () => {
    const section = trendSection(historyOf(A, A, GREEN)).toString();
    const labels = [...section.matchAll(/aria-label="([^"]*) in 3 campaigns: ([^"]*)"/g)];
    expect(labels.map(([, title]) => title)).toEqual(['findings', 'distinct states', 'coverage', 'novelty']);
    expect(labels[0]?.[2]).toBe('first 1, last 0, from 0 to 1');
    const points = [...section.matchAll(/points="([^"]*)"/g)].map(([, text]) => text?.split(' '));
    expect(points.map((one) => one?.length)).toEqual([3, 3, 3, 3]);
    expect(points[0]).toEqual(['4.0,4.0', '160.0,4.0', '316.0,60.0']);
    expect(section).toContain('<td class="good">resolved</td>');
  });

  it('draws one campaign, and is nothing without any', () => {
    expect(trendSection(historyOf(A)).toString()).toContain('points="160.0,4.0"');
    expect(trendSection(EMPTY_HISTORY).toString()).toBe('');
  });
});

describe('renderReport with a history', () => {
  it('shows it, and is the same page without one', () => {
    expect(renderReport(sixDesigns(), historyOf(A))).toContain('id="history"');
    expect(renderReport(sixDesigns(), EMPTY_HISTORY)).toBe(renderReport(sixDesigns()));
  });
});

describe('renderTrendPage', () => {
  it('lets no text of a finding become markup', () => {
    const page = renderTrendPage(
      historyOf({ violations: [violation('a', { invariant: HOSTILE, token: HOSTILE })] }),
    );
    for (const text of ['<script>alert', '\u001b', '\u202e']) expect(page).not.toContain(text);
    expect(page).toContain('&lt;script&gt;');
  });

  it('says that there is no campaign', () => {
    expect(renderTrendPage(EMPTY_HISTORY)).toContain('no campaign');
  });
});
