/** Whatever text a result holds, each report shows it as text: it steers no terminal and no CI server. */
import { describe, expect, it } from 'vitest';
import type { CampaignResult } from '../sim/result/result.js';
import { realReplay, sixDesigns } from './fixtures/results.js';
import { harmless, harmlessLine, printable } from './format.js';
import { renderAnnotations, renderStepSummary } from './formats/github.js';
import { renderReportFiles } from './formats/report-files.js';
import { renderTraceEvents } from './formats/trace-event.js';
import { renderTimeline } from './html/timeline/timeline.js';
import { renderCampaign } from './terminal/campaign.js';
import { renderReplay } from './terminal/replay.js';

/** Title, colour and screen commands in 7 and in 8 bits; workflow commands; overrides; characters without a width. */
const EVIL =
  'a\u001b]0;title\u0007\u001b[31m\u009b2J\r\n::error::one\n  ::set-output name=b::two\n##[warning]three \u202e\u2066\u200b\ufeff\u{e0041} c';

const withEvil = <Value>(value: Value): Value =>
  // Every text that is no name of the format becomes longer by one that is out to do harm.
  JSON.parse(
    JSON.stringify(value, (key, one: unknown) =>
      typeof one === 'string' &&
      [
        'name',
        'message',
        'story',
        'invariant',
        'statement',
        'file',
        'label',
        'path',
        'what',
        'suite',
      ].includes(key)
        ? `${one} ${EVIL}`
        : one,
    ),
  ) as Value; // the same shape: only texts are other ones

const evil = (): CampaignResult => {
  const [first, ...others] = withEvil(sixDesigns()).suites;
  if (first === undefined) throw new Error('the fixture has six suites');
  const undecided = [{ code: 'SUITE_FAILED', message: EVIL }] as const;
  return {
    ...sixDesigns(),
    suites: [
      { ...first, asExpected: false },
      {
        ...first,
        name: `undecided ${EVIL}`,
        verdict: 'undecided',
        asExpected: false,
        undecided,
        violations: [],
      },
      ...others,
    ],
  };
};

const CONTROLS = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const WORKFLOW_COMMAND = /^\s*::|##\[/m;

const options = { columns: 60, color: false, verbose: true };

describe('printable: text from outside', () => {
  it.each([
    ['renderCampaign', () => renderCampaign(evil(), options)],
    ['renderCampaign, in brief', () => renderCampaign(evil(), { ...options, verbose: false })],
    ['renderReplay', () => renderReplay(withEvil(realReplay()), options)],
  ])('%s passes on no control character and no workflow command', (_, render) => {
    const text = render();
    expect(text).not.toMatch(CONTROLS);
    expect(text).not.toMatch(WORKFLOW_COMMAND);
    expect(text).toContain('\\u001b]0;title');
  });

  it('renderAnnotations has one command for each line, its own', () => {
    const text = renderAnnotations(evil());
    expect(text).not.toMatch(CONTROLS);
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^::error [^\n]*::[^\n]+$/);
    expect(text).not.toContain('##[');
  });

  it.each([
    ...renderReportFiles(evil()),
    ['the step summary', renderStepSummary(evil())],
    ['the timeline', renderTimeline(withEvil(realReplay()))],
    ['the trace events', renderTraceEvents(withEvil(realReplay()))],
  ])('%s holds no control character and no workflow command', (_, contents) => {
    expect(contents).not.toMatch(CONTROLS);
    expect(contents).not.toMatch(WORKFLOW_COMMAND);
  });

  it('result.json holds the text as it is, escaped', () => {
    const text = renderReportFiles(evil()).get('result.json') ?? '';
    expect(JSON.parse(text)).toEqual(evil());
  });
});

describe('harmless', () => {
  it('keeps line feeds, and no line of it is a workflow command', () => {
    expect(harmless('a\n::b::\n \t::c\nd ::e ##[f]')).toBe('a\n\\u003a:b::\n \\u0009::c\nd ::e #\\u0023[f]');
  });

  it('harmlessLine is one line', () => {
    expect(harmlessLine('a\n::b')).toBe('a\\u000a::b');
    expect(harmlessLine('::b')).toBe('\\u003a:b');
  });
});

describe('printable', () => {
  it('leaves what people write: accents, scripts, joined emoji', () => {
    const text = 'naïve Zürich 東京 नमस्ते 👩\u200d💻 ‘quoted’ – 1 000';
    expect(printable(text)).toBe(text);
  });

  it('shows half a character', () => expect(printable('\ud83d!')).toBe('\\ud83d!'));
});
