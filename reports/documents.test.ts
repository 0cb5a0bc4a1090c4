import { describe, expect, it } from 'vitest';
import { HOSTILE, hostile, sixDesigns, withSurprise } from './fixtures/results.js';
import { renderJunit, xmlText } from './junit.js';
import { renderMarkdown } from './markdown.js';

describe('JUnit XML', () => {
  it('has one case for each suite and a failure for each surprise, with its story and replay command', () => {
    const xml = renderJunit(withSurprise());
    expect(xml.match(/<testcase /g)).toHaveLength(6);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('npx powercut replay pc1.');
    expect(renderJunit(sixDesigns())).toContain('failures="0"');
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

describe('Markdown', () => {
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
