import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../fixtures/results.js';
import { EMPTY_HISTORY, type History } from '../history/history.js';
import { campaignOn, type Given, passes, violation } from '../history/testing/campaigns.js';
import { updated } from '../history/update-history.js';
import { renderChanges, renderHistory } from './history.js';

const PLAIN = { columns: Number.POSITIVE_INFINITY, color: false };

const historyOf = (...campaigns: readonly Given[]): History =>
  campaigns.reduce<History>(
    (history, given, index) => updated(history, campaignOn(index + 1, { seed: index, ...given })).history,
    EMPTY_HISTORY,
  );

const A: Given = { violations: [violation('a')] };
const GREEN: Given = { replays: [passes('a')] };

describe('renderHistory', () => {
  it('lists each finding with its state and the command that replays it', () => {
    const violations = [violation('a'), violation('b', { invariant: 'order' })];
    expect(renderHistory(historyOf(A, GREEN, { violations }), PLAIN)).toBe(
      [
        '3 campaigns, the last one 2030-01-03, commit 0000003; findings: 1 new, 1 regressed, 0 ongoing, 0 resolved',
        'new        notes: order',
        '           first seen 2030-01-03, commit 0000003.',
        '           npx powercut replay token-b',
        'regressed  notes: durability',
        '           came back 2030-01-03, commit 0000003; first seen 2030-01-01, commit 0000001; seen by 2 campaigns.',
        '           npx powercut replay token-a',
        '',
      ].join('\n'),
    );
  });

  it('says how many more green campaigns a resolved finding needs', () => {
    const text = renderHistory(historyOf(A, GREEN), PLAIN);
    expect(text).toContain(
      'Gone with 95 % confidence after 4 more green campaigns with other seeds: 1 of 1 seed found it, 1 since then did not.',
    );
    expect(renderHistory(historyOf(A, GREEN, GREEN, GREEN, GREEN, GREEN), PLAIN)).toContain(
      'Gone, with 95 % confidence: 1 of 1 seed found it, 5 since then did not.',
    );
  });

  it('shows nothing of a suite that would move the cursor, or be a command', () => {
    const history = historyOf({ violations: [violation('a', { invariant: HOSTILE, token: HOSTILE })] });
    const text = renderHistory(history, PLAIN);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
  });

  it('says that there is nothing', () => {
    expect(renderHistory(EMPTY_HISTORY, PLAIN)).toBe(
      '0 campaigns; findings: 0 new, 0 regressed, 0 ongoing, 0 resolved\n',
    );
  });
});

describe('renderChanges', () => {
  it('is empty where nothing is known, and nothing was found', () => {
    expect(renderChanges([], EMPTY_HISTORY, PLAIN)).toBe('');
  });

  it('leads with the counts', () => {
    const { history, changes } = updated(historyOf(A), campaignOn(2, GREEN));
    expect(renderChanges(changes, history, PLAIN)).toMatch(
      /^History: 0 new, 0 regressed, 0 ongoing, 1 resolved\nresolved {3}notes: durability\n/,
    );
  });
});
