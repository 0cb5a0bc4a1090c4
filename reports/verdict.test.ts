import { describe, expect, it } from 'vitest';
import { provingNothing, sixDesigns, withSurprise } from './fixtures/results.js';
import { renderAnnotations } from './github.js';
import { renderReport } from './html/report.js';
import { renderJunit } from './junit.js';
import { renderCampaign } from './terminal/campaign.js';
import { campaignPhrase, emptySuites, surprises } from './verdict.js';

describe('a result that proves nothing', () => {
  it('is neither a success nor a violation', () => {
    expect(surprises(provingNothing())).toEqual([]);
    expect(emptySuites(provingNothing())).toHaveLength(2);
    expect(campaignPhrase(provingNothing())).toBe('0 of 2 verdicts are as expected.');
    expect(emptySuites(sixDesigns())).toEqual([]);
  });

  it('is told as such in every report', () => {
    const terminal = renderCampaign(provingNothing(), { columns: 120, color: false });
    expect(terminal).toContain('proves nothing: nothing was explored');
    expect(terminal).toContain("proves nothing: The planned fault 'EIO on fsync' never happened.");
    expect(terminal).not.toContain('✓ holds');
    expect(renderJunit(provingNothing())).toContain('failures="2"');
    expect(renderAnnotations(provingNothing()).match(/^::error /gm)).toHaveLength(2);
    expect(renderReport(provingNothing())).toContain('EIO on fsync, <strong>0 times</strong>');
  });

  it('a violation of what should be safe counts, even where a planned fault never happened', () => {
    const suites = withSurprise().suites.slice(-1);
    const neverFired = { code: 'FAULT_NEVER_FIRED', message: 'It never happened.' } as const;
    const result = { ...withSurprise(), suites: suites.map((suite) => ({ ...suite, void: neverFired })) };
    expect(surprises(result)).toHaveLength(1);
  });
});
