import { describe, expect, it } from 'vitest';
import type { Highlighter } from './highlight.js';
import { renderMarkdown, slugOf } from './markdown.js';

const highlighter: Highlighter = { highlight: (code, language) => `[${language}]${code}`, css: () => '' };
const render = (text: string) => renderMarkdown(text, { resolve: (target) => `to:${target}`, highlighter });

describe('slugOf', () => {
  it.each([
    ['Under a debugger', 'under-a-debugger'],
    ['The `posix` model', 'the-posix-model'],
    ['Windows, macOS & Linux', 'windows-macos--linux'],
    ['MUST_REACH', 'must_reach'],
  ])('%j has the anchor that GitHub gives it', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });
});

describe('renderMarkdown', () => {
  it('returns title, first paragraph and headings', () => {
    const { title, summary, headings } = render('# A `b`\n\nOne\ntwo.\n\n## C\n\n## C\n');
    expect({ title, summary }).toEqual({ title: 'A b', summary: 'One two.' });
    expect(headings).toEqual([
      { level: 1, text: 'A b', id: 'a-b' },
      { level: 2, text: 'C', id: 'c' },
      { level: 2, text: 'C', id: 'c-1' },
    ]);
  });

  it('returns the text below each heading, with tables and code', () => {
    const { sections } = render(
      '# A\n\none\n\n## B\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```ts\nlet z;\n```\n',
    );
    expect(sections.map(({ heading, text }) => [heading?.text, text])).toEqual([
      ['A', 'one'],
      ['B', 'x y 1 2 let z;\n'],
    ]);
  });

  it('rewrites links and pictures, also in tables', () => {
    const { html } = render('# A\n\n[b](b.md) ![c](c.png)\n\n| [d](d.md) |\n|---|\n');
    expect(html).toContain('href="to:b.md"');
    expect(html).toContain('src="to:c.png"');
    expect(html).toContain('href="to:d.md"');
  });

  it('shows the title of a fence and lets the highlighter colour it', () => {
    const { html } = render('# A\n\n```ts title="a.ts"\nlet b;\n```\n');
    expect(html).toContain('<figcaption>a.ts</figcaption>');
    expect(html).toContain('[ts]let b;</code>');
  });

  it('shows HTML as text', () => {
    expect(render('# A\n\n<script>alert(1)</script>\n').html).not.toContain('<script>');
  });

  it('refuses a document without a heading', () => {
    expect(() => render('text')).toThrow('there is no heading');
  });
});
