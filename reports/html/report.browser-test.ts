/** The report as a tool, in a real browser: filter, links that last, and the way from a failure to the step behind it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sixDesigns, twoLives, withSurprise } from '../fixtures/results.js';
import { type Browser, barriers, launchBrowser } from '../testing/browser.js';
import { manySteps } from '../testing/long-results.js';
import { workClock } from '../testing/work.js';
import { renderReport } from './report.js';
import { renderTimeline } from './timeline/timeline.js';

const WIDE = { width: 1280, theme: 'light' } as const;
/** What a step may take of the processor, from the key to the next picture. */
const STEP_MS_MAX = 300;
const STEPS_BACK = 200;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

const textsOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.locator(selector).filter({ visible: true }).allTextContents();

const suites = (page: Page): Promise<readonly string[]> => textsOf(page, '#suites tbody th');

/** Until the address says so: it is written a moment after what it tells of. */
const addressed = async (page: Page, part: string): Promise<void> =>
  expect
    .poll(() => page.evaluate<string>('decodeURIComponent(location.hash)'), { timeout: 10_000 })
    .toContain(part);

describe('renderReport: the filter', () => {
  it('shows the suites and failures of a status, of an invariant, and with a text', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    expect(await suites(page)).toHaveLength(6);
    await page.selectOption('#filter-status', 'failed');
    expect(await suites(page)).toEqual(['my suite']);
    expect(await textsOf(page, '#filter-count')).toEqual(['1 of 6 suites']);
    await page.selectOption('#filter-status', 'holds');
    expect(await textsOf(page, '.failure')).toEqual([]);
    await page.click('#filter-clear');
    await page.fill('#filter-q', 'CHECKPOINTED');
    expect(await suites(page)).toEqual(['checkpointed-feeder']);
    await page.fill('#filter-q', '');
    await page.selectOption('#filter-suite', 'my suite');
    expect(await suites(page)).toEqual(['my suite']);
    expect(opened.noise).toEqual([]);
  });

  it('is in the address, and restored after a reload', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    await page.selectOption('#filter-status', 'failed');
    await page.fill('#filter-q', 'my');
    await addressed(page, 'q=my');
    await page.reload();
    expect(await suites(page)).toEqual(['my suite']);
    expect(await page.inputValue('#filter-q')).toBe('my');
    expect(await page.inputValue('#filter-status')).toBe('failed');
  });
});

describe('renderReport: a failure', () => {
  it('comes first, once for each run, with what it broke side by side', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    expect(await page.textContent('h1')).toMatch(/^1 suite failed: my suite \(/);
    const first = page.locator('#failures .failure').first();
    expect(await first.locator('.name').count()).toBe(2);
    expect(await first.locator('.story').count()).toBe(1);
    expect(await first.locator('.states pre').allTextContents()).toEqual(['{\n  "a": "open"\n}', '{}']);
    expect(await page.locator('.story .cut').first().textContent()).toContain('THE POWER FAILS');
  });

  it('has a link that leads to it again after a reload', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    await page.getByText('Link to this failure').first().click();
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/^#failure=\w+$/);
    await page.reload();
    const card = page.locator('.failure.target');
    expect(await card.locator('.name').count()).toBe(2);
    expect(await card.locator('details').first().getAttribute('open')).not.toBeNull();
  });

  it('leads from a line of its story to the step, and back to the filtered list', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    await page.selectOption('#filter-status', 'failed');
    await page.locator('.story').getByText('write 182 B').click();
    expect(await page.textContent('#position')).toBe('Step 2 of 4');
    expect(await page.textContent('[aria-selected="true"]')).toContain('write 182 B to /data/00000001.log');
    expect(await page.textContent('#run-command')).toMatch(/^npx powercut replay \S+ my\.suite\.ts$/);
    await page.reload();
    expect(await page.textContent('#position')).toBe('Step 2 of 4');
    await page.goBack();
    // The page hears of its new address a moment after it has it.
    await expect.poll(() => suites(page), { timeout: 10_000 }).toEqual(['my suite']);
  });

  it('that a user has in a suite of his own shows no script of this project', async () => {
    const [suite] = withSurprise().suites.slice(-1);
    const page = renderReport({ ...withSurprise(), suites: suite === undefined ? [] : [suite] });
    expect(page).not.toMatch(/npm run|checkpointed-feeder|sync-on-start/);
  });
});

describe('renderTimeline: the timeline', () => {
  it('goes from a line of the story to its step, and marks the line of the selected step', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    await page.locator('#story').getByText('write 182 B').click();
    expect(await page.textContent('#position')).toBe('Step 2 of 4');
    expect(await textsOf(page, '#story [aria-current]')).toEqual(['write 182 B']);
    await page.locator('.row').first().click();
    await page.keyboard.press('j');
    expect(await textsOf(page, '#story [aria-current]')).toEqual(['Ann opens account a.']);
  });

  it('shows the source of a step, the own line first, and those of libraries when they are asked for', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    await page.locator('#story').getByText('write 182 B').click();
    expect(await textsOf(page, '#source .frame .current')).toEqual(['   12    await store.append(event);\n']);
    await page.getByText('through 1 of libraries').click();
    expect(await page.locator('#source .frame .current').last().textContent()).toContain(
      'handle.write(bytes)',
    );
  });

  it('shows the bytes of the file that a step wrote, and how they differ after the power cut', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    await page.locator('#story').getByText('write 182 B').click();
    expect(await textsOf(page, '.hex-row.volatile')).toEqual([
      expect.stringContaining('50 57 52 43 55 54 20 6f'),
      expect.stringContaining('and more'),
    ]);
    await page.keyboard.press('c');
    expect(await page.locator('.difference del').first().textContent()).toContain('PWRCUT opened a');
    expect(await page.locator('.difference ins').first().textContent()).toContain('PWRCUT··opened a');
  });

  it('keeps its place in the address, a power cut, too', async () => {
    await using opened = await browser.open(renderTimeline(twoLives()), WIDE);
    const { page } = opened;
    await page.keyboard.press('k');
    await page.keyboard.press('c');
    await addressed(page, 'cut=1');
    await page.reload();
    expect(await page.textContent('[aria-selected="true"]')).toBe('Power cut 1, power on');
  });

  it(`goes back ${STEPS_BACK} of 50,000 steps, each within ${STEP_MS_MAX} ms`, async () => {
    await using opened = await browser.open(renderTimeline(manySteps()), WIDE);
    const { page } = opened;
    await page.locator('#steps').press('End');
    const clock = await workClock(page);
    const times: number[] = [];
    for (let step = 0; step < STEPS_BACK; step++) {
      const start = await clock();
      await page.evaluate(`new Promise((done) => {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true }));
        requestAnimationFrame(() => setTimeout(done));
      })`);
      times.push(((await clock()) - start) * 1000);
    }
    const slowest = Math.max(...times);
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    console.log(
      `${STEPS_BACK} steps back: ${mean.toFixed(1)} ms of work each, the slowest ${slowest.toFixed(1)} ms`,
    );
    expect(await page.textContent('#position')).toBe('Step 49,800 of 50,000');
    expect(slowest).toBeLessThan(STEP_MS_MAX);
  });
});

describe('renderReport: by keyboard only', () => {
  it('a reader comes from the top of the report to a step, its source and back', async () => {
    await using opened = await browser.open(renderReport(withSurprise()), WIDE);
    const { page } = opened;
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent');
    for (let press = 0; press < 40 && (await focused()) !== 'Open the timeline'; press++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.textContent('[aria-selected="true"]')).toBe('Power cut 1, power on');
    await page.keyboard.press('k');
    expect(await page.textContent('#position')).toBe('Step 2 of 4');
    expect(await page.textContent('#source .current')).toContain('store.append');
    for (let press = 0; press < 40 && (await focused()) !== '← All results'; press++)
      await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#failures', { state: 'visible' });
  });

  it.each([1280, 390])('the view of a run has no barriers at %i pixels', async (width) => {
    await using opened = await browser.open(renderReport(withSurprise()), { width, theme: 'light' });
    await opened.page.getByText('Open the timeline').first().click();
    await opened.page.locator('#story').getByText('write 182 B').click();
    expect(await barriers(opened.page)).toEqual([]);
    expect(opened.noise).toEqual([]);
  });

  it('the way past the header leads to the results, and is no address', async () => {
    await using opened = await browser.open(renderReport(sixDesigns()), WIDE);
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Enter');
    expect(await opened.page.evaluate('document.activeElement.id')).toBe('results');
    expect(new URL(opened.page.url()).hash).toBe('');
  });
});
