import { describe, expect, it } from 'vitest';
import { HOSTILE, hostile, sixDesigns, withSurprise } from './fixtures/results.js';
import { renderAnnotations, renderStepSummary } from './formats/github.js';
import { renderJunit, xmlText } from './formats/junit.js';
import { renderLcov } from './formats/lcov.js';
import { renderMarkdown } from './formats/markdown.js';

describe('renderJunit', () => {
  it('has one case for each suite and a failure for each surprise, with its story and replay command', () => {
    const xml = renderJunit(withSurprise());
    expect(xml.match(/<testcase /g)).toHaveLength(6);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('npx powercut replay pc1.');
    expect(renderJunit(sixDesigns())).toContain('failures="0"');
  });

  it('shows the expected and the actual state of a failure, in Markdown, too', () => {
    expect(renderJunit(withSurprise())).toContain(
      'expected: {&quot;a&quot;:&quot;open&quot;}&#10;actual:   {}&#10;',
    );
    expect(renderMarkdown(withSurprise())).toContain('expected: {"a":"open"}\nactual:   {}\n');
  });

  it('lets no text become markup, and leaves out what XML cannot hold', () => {
    const xml = renderJunit(hostile());
    expect(xml).not.toContain('<script');
    expect(xml).not.toContain('\u0000');
    expect(xml).not.toContain('\u001b');
    expect(xmlText('\ud800 lone')).toBe('\ufffd lone');
    expect(xmlText('😀')).toBe('😀');
    const tags = new Set(xml.match(/<\/?[a-z-]+/g));
    expect([...tags].sort()).toEqual(
      ['</system-out', '</testcase', '</testsuite', '</testsuites'].concat([
        '<system-out',
        '<testcase',
        '<testsuite',
        '<testsuites',
      ]),
    );
  });
});

describe('renderMarkdown', () => {
  it('tells the comparison, the verdicts and the stories', () => {
    const text = renderMarkdown(sixDesigns());
    expect(text).toContain('All 6 verdicts are as expected.');
    expect(text).toMatch(/\| publish-after-save \| ✗ violated \| 1,204 \|/);
    expect(text).toContain('npx powercut replay pc1.');
  });

  it('keeps each row in its columns and each story in its block, whatever they contain', () => {
    const text = renderMarkdown(hostile());
    const cells = text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.replace(/\\\|/g, '').split('|').length);
    expect(new Set(cells).size).toBe(1);
    const outside = text.replace(/(`{3,})text\n[\s\S]*?\n\1(?=\n)/g, '');
    expect(outside).not.toContain('<script>');
    expect(HOSTILE).toContain('```');
    expect(text).toContain('````text');
  });
});

describe('renderLcov', () => {
  it('has a branch for each crash point, taken where any suite cut the power there', () => {
    const lines = renderLcov(sixDesigns()).split('\n');
    const start = lines.indexOf('SF:src/event-store/format/segment.ts');
    expect(lines.slice(start, lines.indexOf('end_of_record', start))).toEqual([
      'SF:src/event-store/format/segment.ts',
      'BRDA:88,0,0,1',
      'BRDA:88,0,1,1',
      'BRDA:132,0,0,1',
      'BRDA:132,0,1,1',
      'BRDA:132,0,2,1',
      'BRDA:140,0,0,1',
      'BRDA:203,0,0,1',
      'BRDA:203,0,1,0',
      'BRF:8',
      'BRH:7',
      'DA:88,1',
      'DA:132,1',
      'DA:140,1',
      'DA:203,1',
      'LF:4',
      'LH:4',
    ]);
  });

  it('keeps each record to its lines, whatever a path contains', () => {
    const known = /^(TN|SF|BRDA|BRF|BRH|DA|LF|LH):|^end_of_record$|^$/;
    const strange = renderLcov(hostile()).split('\n');
    expect(strange.filter((line) => !known.test(line))).toEqual([]);
    expect(strange.filter((line) => line.startsWith('SF:'))).toHaveLength(1);
  });
});

describe('renderAnnotations and renderStepSummary', () => {
  it('annotates each unexpected violation at the line of its power cut, and nothing that was expected', () => {
    expect(renderAnnotations(sixDesigns())).toBe('');
    const lines = renderAnnotations(withSurprise()).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^::error file=src\/event-store\/format\/segment\.ts,line=140,title=my suite%3A usable::.*%0A.*npx powercut replay/,
    );
  });

  it('lets no text begin a command of its own', () => {
    const harmful = hostile();
    const suites = harmful.suites.map((suite) => ({ ...suite, asExpected: false, name: 'a\n::error::b' }));
    const lines = renderAnnotations({ ...harmful, suites })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(suites.reduce((sum, suite) => sum + Math.max(1, suite.violations.length), 0));
  });

  it('keeps the step summary within what GitHub takes', () => {
    const [first] = sixDesigns().suites;
    const many = Array.from({ length: 3000 }, () => first).flatMap((suite) => suite ?? []);
    const summary = renderStepSummary({ ...sixDesigns(), suites: many });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_048_576);
    expect(summary).toContain('The rest is in the report.');
    expect(renderStepSummary(sixDesigns())).toBe(renderMarkdown(sixDesigns()));
  });
});
