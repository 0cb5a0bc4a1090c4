/** What the pages look like, held against pictures that were looked at: at two widths, in both themes, and on paper. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realReplay, twoLives, withSurprise } from '../fixtures/results.js';
import { type Browser, launchBrowser, THEMES, WIDTHS } from '../testing/browser.js';
import { differenceOf, TAKING } from '../testing/pictures.js';
import { renderReport } from './report.js';
import { renderTimeline } from './timeline/timeline.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

interface Scene {
  readonly name: string;
  readonly render: () => string;
  /** The address, after the number sign. */
  readonly hash?: string;
  /** What is brought to the upper edge of the window; the top of the page where there is none. */
  readonly at?: string;
}

const report = (): string => renderReport(withSurprise());

const SCENES: readonly Scene[] = [
  { name: 'report', render: report },
  { name: 'report-coverage', render: report, hash: 'view=tried', at: '#coverage' },
  { name: 'report-costs', render: report, hash: 'view=costs', at: '#costs' },
  { name: 'timeline', render: () => renderTimeline(realReplay()), at: '#viewer' },
  { name: 'timeline-step', render: () => renderTimeline(twoLives()), hash: 'step=2', at: '.panel' },
];

const PAPER: readonly Scene[] = [
  { name: 'report-paper', render: report },
  { name: 'report-costs-paper', render: report, at: '#costs' },
  { name: 'timeline-paper', render: () => renderTimeline(realReplay()) },
];

/** Of a page, as much as makes a small file. */
const PART = { height: 640 };
const WIDE = { ...PART, width: 1280 };

/** The page hears of its new address only later. */
const goTo = (hash: string): string => `new Promise((done) => {
  addEventListener('hashchange', () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
  location.hash = ${JSON.stringify(hash)};
})`;

const photograph = async (page: Page, at: string | undefined): Promise<Uint8Array> => {
  if (at !== undefined) await page.evaluate(`document.querySelector('${at}').scrollIntoView()`);
  return page.screenshot({ animations: 'disabled', caret: 'hide' });
};

const LOOKS = WIDTHS.flatMap((width) => THEMES.map((theme) => ({ width, theme })));

describe.each(SCENES)('renderReport: $name', ({ name, render, hash, at }) => {
  it.each(LOOKS)('looks as it did, $width pixels wide, $theme', async (look) => {
    await using opened = await browser.open(render(), { ...PART, ...look });
    if (hash !== undefined) await opened.page.evaluate(goTo(hash));
    const seen = await photograph(opened.page, at);
    expect(await differenceOf(`${name}-${look.width}-${look.theme}`, seen)).toBeUndefined();
  });
});

// Of a dark theme, nothing may reach the paper.
describe.each(PAPER)('renderReport: $name', ({ name, render, at }) => {
  it('looks as it did', async () => {
    await using opened = await browser.open(render(), { ...WIDE, theme: 'dark' });
    await opened.page.emulateMedia({ media: 'print' });
    expect(await differenceOf(name, await photograph(opened.page, at))).toBeUndefined();
  });
});

// The comparison itself, from its other side: none of these may pass for what was looked at.
describe.skipIf(TAKING)('renderReport: a page that looks wrong', () => {
  it.each([
    ['has one colour of another', "document.documentElement.style.setProperty('--bad', '#0b5e55')"],
    ['has links of the wrong blue', "document.documentElement.style.setProperty('--link', '#1a76a8')"],
    ['is moved by two pixels', "document.body.style.paddingTop = '42px'"],
    ['lacks a line', "document.querySelector('.facts').remove()"],
  ])('is found: it %s', async (_what, change) => {
    await using opened = await browser.open(report(), { ...WIDE, theme: 'light' });
    await opened.page.evaluate(change);
    const seen = await photograph(opened.page, undefined);
    expect(await differenceOf('report-1280-light', seen)).toMatch(/pixels of report-1280-light differ/);
  });
});
