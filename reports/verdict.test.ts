import { describe, expect, it } from 'vitest';
import { provingNothing, sixDesigns, withSurprise } from './fixtures/results.js';
import { renderAnnotations } from './formats/github.js';
import { renderJunit } from './formats/junit.js';
import { renderReport } from './html/report.js';
import { renderCampaign } from './terminal/campaign.js';
import { campaignPhrase, exitCodeOf, imagesPhrase, surprises, undecidedSuites } from './verdict.js';

describe('undecidedSuites', () => {
  it('is neither a success nor a violation', () => {
    expect(surprises(provingNothing())).toEqual([]);
    expect(undecidedSuites(provingNothing())).toHaveLength(2);
    expect(campaignPhrase(provingNothing())).toBe('0 of 2 verdicts are as expected.');
    expect(undecidedSuites(sixDesigns())).toEqual([]);
    expect(exitCodeOf(provingNothing())).toBe(3);
    expect(exitCodeOf(sixDesigns())).toBe(0);
    expect(exitCodeOf({ ...sixDesigns(), suites: [] })).toBe(3);
  });

  it('is told as such in every report', () => {
    const terminal = renderCampaign(provingNothing(), { columns: 120, color: false });
    expect(terminal).toContain('undecided: No workload was explored.');
    expect(terminal).toContain("undecided: The planned fault 'EIO on fsync' never happened.");
    expect(terminal).not.toContain('✓ holds');
    expect(renderJunit(provingNothing())).toContain('failures="0" errors="2"');
    expect(renderAnnotations(provingNothing()).match(/^::error /gm)).toHaveLength(2);
    expect(renderReport(provingNothing())).toContain('EIO on fsync, <strong>0 times</strong>');
  });

  it('gives way to a violation of another suite: exit code 1', () => {
    const suites = [...provingNothing().suites, ...withSurprise().suites.slice(-1)];
    expect(exitCodeOf({ ...withSurprise(), suites })).toBe(1);
  });
});

describe('imagesPhrase', () => {
  it('tells the classes of crash states where there are some', () => {
    const [suite] = sixDesigns().suites;
    if (suite === undefined) throw new Error('The fixture has six suites.');
    const exploration = { ...suite.exploration, kills: 2 };
    expect(imagesPhrase(exploration)).toMatch(/ legal; 2 process kills$/);
    expect(imagesPhrase({ ...exploration, classes: 1 })).toMatch(
      / legal; 1 class of crash states; 2 process kills$/,
    );
  });

  it('writes a large count of legal images as a power of ten, rounded down', () => {
    const [suite] = sixDesigns().suites;
    if (suite === undefined) throw new Error('The fixture has six suites.');
    const images = { ...suite.exploration.images, sampled: true };
    const phrase = (legal: number): string =>
      imagesPhrase({ ...suite.exploration, images: { ...images, legal } });
    expect(phrase(1.29e40)).toContain('of at least 1.2 × 10^40 legal');
    expect(phrase(999_999_999_999_999)).toContain('of at least 999,999,999,999,999 legal');
  });
});
