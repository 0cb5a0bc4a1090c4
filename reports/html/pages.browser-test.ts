/** The pages in a real browser: quiet, reachable by keyboard, right in both themes and at two widths, deaf to harm. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayResult } from '../../sim/result.js';
import { hostile, hostileReplay, sixDesigns, twoLives, withSurprise } from '../fixtures/results.js';
import { renderReport } from './report.js';
import { renderTimeline } from './timeline.js';

const WIDTHS = [390, 1280];
const THEMES = ['light', 'dark'] as const;
const MANY_STEPS = 50_000;

let browser: Browser;
let directory: string;

const manySteps = (): ReplayResult => {
  const [entry] = twoLives().trace.slice(1);
  if (entry === undefined) throw new Error('The fixture has a second step.');
  const trace = Array.from({ length: MANY_STEPS }, (_, index) => ({
    ...entry,
    life: 1 + Math.floor(index / 10_000),
    step: 1 + (index % 10_000),
    label: `write ${index % 400} B to /data/log at ${index}`,
  }));
  return { ...twoLives(), trace };
};

const PAGES: Readonly<Record<string, () => string>> = {
  'a report': () => renderReport(sixDesigns()),
  'a report of a surprise': () => renderReport(withSurprise()),
  'a hostile report': () => renderReport(hostile()),
  'a timeline': () => renderTimeline(twoLives()),
  'a hostile timeline': () => renderTimeline(hostileReplay()),
  'a timeline of 50,000 steps': () => renderTimeline(manySteps()),
};

beforeAll(async () => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  directory = await mkdtemp(join(tmpdir(), 'powercut-pages-'));
});

afterAll(async () => {
  await browser.close();
  await rm(directory, { recursive: true });
});

interface Opened {
  readonly page: Page;
  /** Errors, requests beyond the page itself, and dialogs: whatever a quiet page has none of. */
  readonly noise: readonly string[];
}

const open = async (name: string, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> => {
  const file = join(directory, `${name.replaceAll(/\W/g, '-')}.html`);
  await writeFile(file, PAGES[name]?.() ?? '');
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const noise: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') noise.push(message.text());
  });
  page.on('pageerror', (error) => noise.push(String(error)));
  page.on('request', (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith('data:')) noise.push(request.url());
  });
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(pathToFileURL(file).href);
  return { page, noise };
};

describe.each(Object.keys(PAGES))('%s', (name) => {
  describe.each(WIDTHS)('%i pixels wide', (width) => {
    it.each(THEMES)('is quiet, accessible and no wider than the screen in the %s theme', async (theme) => {
      const { page, noise } = await open(name, width, theme);
      await page.evaluate(axe.source);
      // What is folded away is content, too.
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
        'axe.run().then(({ violations }) => violations)',
      );
      expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
      expect(noise).toEqual([]);
      await page.context().close();
    });
  });
});

describe('by keyboard', () => {
  it('the timeline is walked step by step and from power cut to power cut', async () => {
    const { page } = await open('a timeline of 50,000 steps', 1280, 'light');
    const selected = (): Promise<unknown> => page.textContent('[aria-selected="true"]');
    const steps = page.locator('#steps');
    await steps.focus();
    await steps.press('Home');
    expect(await selected()).toBe('Power on');
    await steps.press('ArrowDown');
    expect(await selected()).toContain('write 0 B to /data/log at 0');
    expect(await page.textContent('#detail')).toContain('/app/src/event-store/log.ts:80');
    await steps.press('c');
    expect(await selected()).toBe('Power cut 1, power on');
    await steps.press('End');
    expect(await selected()).toContain('at 49999');
    await steps.press('Shift+C');
    expect(await selected()).toBe('Power cut 4, power on');
    const active = await steps.getAttribute('aria-activedescendant');
    expect(await page.getAttribute(`#${active}`, 'aria-selected')).toBe('true');
    await page.context().close();
  });

  it('a long timeline holds only the steps in view', async () => {
    const { page } = await open('a timeline of 50,000 steps', 1280, 'light');
    expect(await page.locator('.row').count()).toBeLessThan(100);
    await page.context().close();
  });

  it('every link, table and fold of the report is reached by Tab, in the order of the page', async () => {
    const { page } = await open('a report', 1280, 'light');
    const reached: string[] = [];
    const focused = 'document.activeElement.matches("body") ? "" : document.activeElement.textContent.trim()';
    for (let press = 0; press < 200; press++) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate<string>(focused);
      if (text === '') break;
      reached.push(text.slice(0, 24));
    }
    const all = await page.evaluate<number>(
      'document.querySelectorAll("a, summary, button, [tabindex]").length',
    );
    // Steps of the way are folded, and so are the tables in them.
    const folded = await page.evaluate<number>(
      'document.querySelectorAll("details:not([open]) [tabindex]").length',
    );
    expect(reached).toHaveLength(all - folded);
    expect(reached[0]).toBe('Skip to the comparison');
    await page.context().close();
  });
});
