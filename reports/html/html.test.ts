import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../fixtures/results.js';
import { escapeHtml, html, jsonBlock, trustedText } from './html.js';

describe('html', () => {
  it('escapes what is put in, in elements and in attributes', () => {
    const text = html`<p title="${'"><script>'}">${'<b>&amp;</b>'}</p>`.toString();
    expect(text).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;amp;&lt;/b&gt;</p>');
  });

  it('lets nothing end the text it is in, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|&(?!amp;|lt;|gt;|quot;|#39;|#96;)/);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('takes markup only from itself: an object that looks like it is no markup', () => {
    const forged: unknown = JSON.parse('{"markup":"<script>","toString":"<script>"}');
    // @ts-expect-error nothing but text, numbers and markup may be put in
    expect(() => html`${forged}`).toThrow();
  });

  it('joins lists, and leaves out what is undefined or false', () => {
    expect(
      html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}${undefined}${false}</ul>`.toString(),
    ).toBe('<ul><li>a</li><li>&lt;</li></ul>');
  });

  it('shows control and bidirectional characters instead of obeying them', () => {
    expect(escapeHtml('\u0000\u001b\u202e')).toBe('\\u0000\\u001b\\u202e');
  });

  it('keeps data for a script in its block', () => {
    const block = jsonBlock('data', { text: `${HOSTILE}<!--<script>` }).toString();
    expect(block.match(/<\/script>/g)).toHaveLength(1);
    const json = block.replace(/^<script[^>]*>/, '').replace('</script>', '');
    expect(JSON.parse(json)).toEqual({ text: `${HOSTILE}<!--<script>` });
  });

  it('refuses a style or script that could end itself', () => {
    expect(() => trustedText('x</style>')).toThrow(TypeError);
  });
});
