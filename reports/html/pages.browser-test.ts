/** The pages in a real browser: quiet, reachable by keyboard, right in both themes and at two widths, deaf to harm. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostile, hostileReplay, sixDesigns, twoLives, withSurprise } from '../fixtures/results.js';
import { type Browser, barriers, launchBrowser, tabStops, tabStopsDue, WIDTHS } from '../testing/browser.js';
import { manyPoints, manySteps } from '../testing/long-results.js';
import { renderReport } from './report.js';
import { renderTimeline } from './timeline/timeline.js';

const BYTES_MAX = 5_000_000;
const WIDE = { width: 1280, theme: 'light' } as const;

let browser: Browser;

const PAGES: Readonly<Record<string, () => string>> = {
  'a report': () => renderReport(sixDesigns()),
  'a report of a surprise': () => renderReport(withSurprise()),
  'a hostile report': () => renderReport(hostile(withSurprise())),
  'a timeline': () => renderTimeline(twoLives()),
  'a hostile timeline': () => renderTimeline(hostileReplay()),
  'a timeline of 50,000 steps': () => renderTimeline(manySteps()),
};

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

describe.each(Object.entries(PAGES))('renderReport: %s', (_name, render) => {
  it.each(WIDTHS)(
    'is quiet, accessible in both themes and no wider than a screen of %i pixels',
    async (width) => {
      await using opened = await browser.open(render(), { width, theme: 'light' });
      expect(await barriers(opened.page)).toEqual([]);
      expect(opened.noise).toEqual([]);
    },
  );
});

describe.each(['a report', 'a report of a surprise', 'a hostile report'])('renderReport: %s', (name) => {
  it.each(WIDTHS)('has no barrier where every fold is open, at %i pixels', async (width) => {
    await using opened = await browser.open(PAGES[name]?.() ?? '', { width, theme: 'light' });
    const { page } = opened;
    const folds = await page.evaluate<number>(
      `[...document.querySelectorAll('details')].map((fold) => { fold.open = true; }).length`,
    );
    expect(folds).toBeGreaterThan(2);
    expect(await barriers(page)).toEqual([]);
  });
});

describe('renderReport: by keyboard', () => {
  it('the timeline is walked step by step and from power cut to power cut', async () => {
    await using opened = await browser.open(renderTimeline(manySteps()), WIDE);
    const { page } = opened;
    const selected = (): Promise<unknown> => page.textContent('[aria-selected="true"]');
    const steps = page.locator('#steps');
    await steps.focus();
    await steps.press('Home');
    expect(await selected()).toBe('Power on');
    await steps.press('ArrowDown');
    expect(await selected()).toContain('write 0 B to /data/log at 0');
    expect(await page.textContent('#source')).toContain('src/bank.ts:12');
    await steps.press('c');
    expect(await selected()).toBe('Power cut 1, power on');
    await steps.press('End');
    expect(await selected()).toContain('at 49999');
    await steps.press('Shift+C');
    expect(await selected()).toBe('Power cut 4, power on');
    const active = await steps.getAttribute('aria-activedescendant');
    expect(await page.getAttribute(`#${active}`, 'aria-selected')).toBe('true');
  });

  it('a step names the lanes that it came through, and a line leads to it from there', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    await page.locator('#steps').press('ArrowUp');
    expect(await page.textContent('#detail')).toContain('laneevent-storethroughclient');
    expect(await page.textContent('#detail')).toContain('clock2030-01-01 00:00:00.000');
    const middles = await page.evaluate<number[]>(`
      ['.by', '.came', '.dot'].map((part) => document.querySelector('[aria-selected="true"] ' + part))
        .flatMap((element) => [element.getBoundingClientRect()])
        .flatMap(({ left, right }, index) => (index === 1 ? [left, right] : [(left + right) / 2]))`);
    const [ring = 0, start = 0, end = 0, dot = 0] = middles.map(Math.round);
    expect([start, end]).toEqual([ring, dot]);
    expect(ring).toBeLessThan(dot);
  });

  it('the disk beside a power cut is the one that it left', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    expect(await page.textContent('[aria-selected="true"]')).toBe('Power cut 1, power on');
    expect(await page.textContent('#disk')).toContain('size lost, 1 sector durable');
    expect(await page.textContent('.difference')).toContain('24 B → 16 B');
    await page.locator('#steps').press('ArrowUp');
    expect(await page.textContent('#disk')).toContain('size volatile, 1 sector volatile');
    await page.locator('#steps').press('End');
    expect(await page.textContent('#disk')).toContain('name durable, size durable, 1 sector durable');
    expect(await page.textContent('#observed')).toContain('"accounts": []');
  });

  it('a long timeline holds only the steps in view', async () => {
    await using opened = await browser.open(renderTimeline(manySteps()), WIDE);
    expect(await opened.page.locator('.row').count()).toBeLessThan(100);
  });

  it('every link, table and fold of the report is reached by Tab, in the order of the page', async () => {
    await using opened = await browser.open(renderReport(sixDesigns()), WIDE);
    const reached = await tabStops(opened.page);
    expect(reached).toHaveLength(await tabStopsDue(opened.page));
    expect(reached[0]).toBe('Skip to the results');
  });
});

describe.each([
  ['a report of 10,000 crash points', () => renderReport(manyPoints())],
  ['a timeline of 50,000 steps', () => renderTimeline(manySteps())],
])('renderReport and renderTimeline: %s', (name, render) => {
  it('is drawn soon, in a file of less than five megabytes', async () => {
    const text = render();
    await using opened = await browser.open(text, WIDE);
    // From the start of the navigation, by the browser's own clock: when something was seen, and when all was loaded.
    const [painted = Number.NaN, loaded = Number.NaN] = await opened.page.evaluate<number[]>(`
      new Promise((done) => requestAnimationFrame(() => setTimeout(done))).then(() => [
        performance.getEntriesByName('first-contentful-paint')[0].startTime,
        performance.getEntriesByType('navigation')[0].loadEventEnd,
      ])`);
    const bytes = Buffer.byteLength(text);
    console.log(
      `${name}: ${(bytes / 1e6).toFixed(2)} MB, first paint after ${painted.toFixed(0)} ms, loaded after ${loaded.toFixed(0)} ms`,
    );
    expect(bytes).toBeLessThan(BYTES_MAX);
    // The bar is two seconds on an idle machine, as the figures above. This one may be busy.
    expect(Math.max(painted, loaded)).toBeLessThan(10_000);
  });
});
