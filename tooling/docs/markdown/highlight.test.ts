import { beforeAll, describe, expect, it } from 'vitest';
import { createHighlighter, type Highlighter } from './highlight.js';

let highlighter: Highlighter;
beforeAll(async () => {
  highlighter = await createHighlighter();
});

const plain = (html: string): string => html.replaceAll(/<[^>]+>/g, '');

describe('createHighlighter', () => {
  it.each(['ts', 'js', 'sh', 'json', 'yaml', 'diff'])(
    '%s is coloured by classes, and its text is unchanged',
    (language) => {
      const html = highlighter.highlight('const a = "b"; # c', language);
      expect(html).toMatch(/<span class="c\d+">/);
      expect(html).not.toContain('style=');
      expect(plain(html)).toBe('const a = &quot;b&quot;; # c');
    },
  );

  it('any other language is text', () => {
    expect(highlighter.highlight('a < b', 'cobol')).toBe('a &lt; b');
  });

  it('a story has classes for its steps, its power cut and its end, also where it is indented', () => {
    const story = ['The client sends: <a>.', '    write 1 B', 'THE POWER FAILS.', '  BROKEN: a.'].join('\n');
    expect(highlighter.highlight(story, 'text')).toBe(
      [
        '<span class="story-line">The client sends: &lt;a&gt;.</span>',
        '<span class="story-step">    write 1 B</span>',
        '<span class="story-cut">THE POWER FAILS.</span>',
        '<span class="story-broken">  BROKEN: a.</span>',
      ].join(''),
    );
  });

  it('css has a rule for each class in each theme', () => {
    const html = highlighter.highlight('const a = 1;', 'ts');
    const classes = [...html.matchAll(/class="(c\d+)"/g)].map(([, name = '']) => name);
    for (const name of classes) expect(highlighter.css().split(`.${name}{color:#`)).toHaveLength(4);
  });
});
