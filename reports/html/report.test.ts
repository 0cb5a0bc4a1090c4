import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostile, sixDesigns, withSurprise } from '../fixtures/results.js';
import { renderReport } from './report.js';

const contentOf = (page: string, element: 'style' | 'script'): string =>
  new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(page)?.[1] ?? '';

const withoutOwnCode = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    // Figures by their place: not one text of the result.
    .replace(/<script type="application\/json" id="plots">[[\]{}"\w,:.-]*<\/script>/, '')
    // Its texts are escaped as those of the timeline's page, where a test looks at them.
    .replace(/<script type="application\/json" id="runs?(?:-0)?">[^<>&]*<\/script>/g, '')
    .replace(/<script>[\s\S]*?<\/script>\s*<\/body>/, '</body>');

describe('renderReport', () => {
  it('asks the network for nothing, and allows only its own style and script', () => {
    const page = renderReport(sixDesigns());
    // Where the plotter is from, in its own words: all that is left of its licence's notice in what it ships.
    const asking = page.replace(/\/\*! https:\/\/github\.com\/leeoniya\/uPlot [^*]*\*\//, '');
    expect(asking).not.toMatch(/https?:|url\(|@import|src=/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toContain('unsafe');
    for (const element of ['style', 'script'] as const) {
      const hash = createHash('sha256').update(contentOf(page, element)).digest('base64');
      expect(policy).toContain(`${element}-src &#39;sha256-${hash}&#39;`);
    }
  });

  it('lets no text of a result become markup, wherever it stands', () => {
    const page = withoutOwnCode(renderReport(hostile(withSurprise())));
    expect(page).not.toContain('<script');
    expect(page).not.toContain('</style>');
    expect(page).not.toContain('\u0000');
    expect(page).not.toContain('\u202e');
    // The same elements with the same attributes as for a harmless result, and no others.
    const tags = (text: string): readonly string[] =>
      [...text.matchAll(/<([a-z0-9]+)((?: [a-z-]+(?:="[^"]*")?)*)>/g)].map(
        ([, name, attributes]) => `${name} ${(attributes ?? '').replace(/="[^"]*"/g, '')}`,
      );
    const harmless = new Set(tags(withoutOwnCode(renderReport(withSurprise()))));
    expect(new Set(tags(page))).toEqual(harmless);
  });

  it('shows every design, every gap with its sign, every failure with the command that replays it', () => {
    const result = sixDesigns();
    const page = renderReport(result);
    for (const suite of result.suites) {
      expect(page).toContain(`<h3>${suite.name} `);
      for (const violation of suite.violations)
        expect(page).toContain(`npx powercut replay ${violation.token}`);
    }
    expect(page).toContain('class="gap violated"');
    expect(page).toContain('✗');
    expect(page).toContain('class="gap settled"');
  });

  it('gives every share its denominator, and the marks never reached their names', () => {
    const page = renderReport(sixDesigns());
    expect(page).toContain('7 of 11');
    expect(page).toContain('1,204 of 1,204');
    expect(page).toContain('segment rolled');
  });

  it('draws an empty campaign without pretending', () => {
    expect(renderReport({ ...sixDesigns(), suites: [] })).toContain('nothing is proved');
  });
});
