import { describe, expect, it } from 'vitest';
import { HOSTILE, hostile, sixDesigns, withSurprise } from '../fixtures/results.js';
import { renderCampaign } from './campaign.js';

const ESCAPE = '\u001b';

const linesOf = (text: string): readonly string[] => text.split('\n');

/** Lines that may not be broken: they are copied into a shell. */
const isReplay = (line: string): boolean => line.includes('npx powercut replay');

describe('renderCampaign', () => {
  it.each([60, 80, 120, 200])('never prints a line wider than %i columns', (columns) => {
    for (const result of [sixDesigns(), withSurprise()]) {
      const lines = linesOf(renderCampaign(result, { columns, color: false }));
      const wide = lines.filter((line) => line.length > columns && !isReplay(line));
      expect(wide).toEqual([]);
    }
  });

  it('neither breaks nor cuts a line where the width is endless, as in a pipe', () => {
    const [first, ...others] = withSurprise().suites;
    if (first === undefined) throw new Error('The fixture has suites.');
    const name = 'a suite with a name that is longer than what a table on a terminal shows of it';
    const result = { ...withSurprise(), suites: [{ ...first, name }, ...others] };
    const text = renderCampaign(result, { columns: Number.POSITIVE_INFINITY, color: false });
    expect(text).not.toContain('…');
    expect(text.split('\n').filter((line) => line.includes(name)).length).toBeGreaterThan(0);
    expect(renderCampaign(result, { columns: 80, color: false })).toContain('…');
  });

  it('compares the six designs in one table at 120 columns', () => {
    const text = renderCampaign(sixDesigns(), { columns: 120, color: false });
    expect(text).toMatchSnapshot();
    expect(text.match(/^checkpointed-feeder/gm)).toHaveLength(1);
    expect(linesOf(text).length).toBeLessThanOrEqual(30);
  });

  it('splits the table at 80 columns, and still fits a screen', () => {
    const text = renderCampaign(sixDesigns(), { columns: 80, color: false });
    expect(text).toMatchSnapshot();
    expect(linesOf(text).length).toBeLessThanOrEqual(42);
  });

  it('tells of an expected violation the gist, and everything of everything when asked', () => {
    const [unsafe] = sixDesigns().suites;
    const stories = unsafe?.violations.map(({ story }) => story) ?? [];
    const short = renderCampaign(sixDesigns(), { columns: 1000, color: false });
    expect(short).not.toContain('create /data/log');
    const whole = renderCampaign(sixDesigns(), { columns: 1000, color: false, verbose: true });
    for (const line of stories.flatMap((story) => story.split('\n'))) expect(whole).toContain(line.trim());
    for (const { name } of sixDesigns().suites) expect(whole).toContain(`${name}: `);
    expect(whole).toContain('images checked, standing for');
  });

  it('tells the simplest failure of a surprise in full, last, and each with the command that replays it', () => {
    const result = withSurprise();
    const text = renderCampaign(result, { columns: 100, color: false });
    expect(text).toContain('my suite: violated, though expected safe');
    for (const violation of result.suites.at(-1)?.violations ?? []) {
      expect(text).toContain(`npx powercut replay ${violation.token}`);
    }
    expect(text).toContain('5 of 6 verdicts are as expected.');
    expect(text).toContain('\n  expected: {"a":"open"}\n  actual:   {}\n');
  });

  it('says of an unsafe suite that held that the tool did not find the fault', () => {
    const suites = sixDesigns().suites.slice(1, 2);
    const held = suites.map((suite) => ({ ...suite, expected: 'unsafe', asExpected: false }) as const);
    const text = renderCampaign({ ...sixDesigns(), suites: held }, { columns: 100, color: false });
    expect(text).toContain('holds, though expected unsafe');
    expect(text).toContain('✓ holds !');
  });

  it('writes no escape sequence without colour, whatever the events contain', () => {
    expect(HOSTILE).toContain(ESCAPE);
    expect(renderCampaign(hostile(), { columns: 80, color: false })).not.toContain(ESCAPE);
    expect(renderCampaign(sixDesigns(), { columns: 80, color: true })).toContain(`${ESCAPE}[32m`);
  });

  it('does not call an empty campaign a success', () => {
    const text = renderCampaign({ ...sixDesigns(), suites: [] }, { columns: 80, color: false });
    expect(text).toContain('nothing is proved');
  });
});
