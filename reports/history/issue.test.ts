import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY, type HistoryFinding } from './history.js';
import { findingOf, issueSection, issueStep } from './issue.js';
import { campaignOn, violation } from './testing/campaigns.js';
import { updated } from './update-history.js';

const [found] = updated(EMPTY_HISTORY, campaignOn(1, { violations: [violation('a')] })).history.findings;
if (found === undefined) throw new Error('There is no finding.');
const finding: HistoryFinding = found;

const HOSTILE = [
  '@everybody closes #1 owner/project#2 https://evil.example',
  '```\n@everybody',
  '````text\n<script>alert(1)</script>',
  '<!-- /powercut-finding --> @everybody',
  '<!-- powercut-finding: bbbbbbbbbbbbbbbb resolved -->',
  '::error::hello',
  '##[error]hello',
  '[a](javascript:alert(1)) ![b](https://evil.example/pixel.png)',
  '| a | b |\n|---|---|',
  '~~~\n# Title',
  '\u001b[2J\u202e',
  '\ud800',
  '$(touch hacked)',
];

/** All that is not in a block of code, rendered: there a mention or a link would be one. */
const outsideOfCode = (body: string): string =>
  new MarkdownIt({ html: true, linkify: true })
    .parse(body, {})
    .filter(({ type }) => type !== 'fence')
    .map(({ content }) => content)
    .join('\n');

const hostileFinding = (text: string): HistoryFinding => ({
  ...finding,
  suite: text,
  invariant: text,
  statement: text,
  file: text,
});

describe('issueSection', () => {
  it('is the same for the same finding', () => {
    expect(issueSection(finding)).toBe(issueSection({ ...finding }));
  });

  it.each(HOSTILE)('puts %j in blocks of code only', (text) => {
    const outside = outsideOfCode(issueSection(hostileFinding(text)));
    expect(outside).toBe(outsideOfCode(issueSection(hostileFinding('harmless'))));
  });

  it('puts any text in blocks of code only, and finds its own end', () => {
    const harmless = outsideOfCode(issueSection(hostileFinding('harmless')));
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE, '`', '\n', '<!--', '-->', '@a'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const one = hostileFinding(pieces.join(''));
        const body = issueSection(one);
        expect(outsideOfCode(body)).toBe(harmless);
        expect(body.length).toBeLessThan(65_536);
        expect(findingOf(body)).toEqual({ identity: finding.identity, state: finding.state });
        const issue = {
          number: 1,
          state: 'open',
          reason: null,
          closedMs: 0,
          body: `${body}\n\nmine`,
        } as const;
        expect(issueStep(one, issue, EMPTY_HISTORY)).toBeUndefined();
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  it('leaves out a token that is too long for an issue', () => {
    const body = issueSection({ ...finding, token: 'a'.repeat(200_000) });
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('powercut history --json');
  });
});

describe('issueStep', () => {
  it('has a title of one line that GitHub takes', () => {
    for (const text of [...HOSTILE, '😀'.repeat(500)]) {
      const step = issueStep(hostileFinding(text), undefined, EMPTY_HISTORY);
      const title = step?.kind === 'open' ? step.title : '';
      expect(title).toMatch(/^Powercut: [^\n]+$/);
      expect(title.length).toBeLessThanOrEqual(256);
      expect(Buffer.from(title).toString()).toBe(title);
    }
  });

  it('opens no issue for a resolved finding', () => {
    expect(issueStep({ ...finding, state: 'resolved' }, undefined, EMPTY_HISTORY)).toBeUndefined();
  });

  it('keeps all text where somebody removed the end of its own', () => {
    const body = `${issueSection(finding).split('\n', 1).join()}\nmy text`;
    const issue = { number: 1, state: 'open', reason: null, closedMs: 0, body } as const;
    const step = issueStep(finding, issue, EMPTY_HISTORY);
    expect(step).toMatchObject({ kind: 'update', body: `${issueSection(finding)}\n\nmy text` });
  });
});
