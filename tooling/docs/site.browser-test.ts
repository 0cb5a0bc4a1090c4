/** The site in a real browser, from file://: search, keyboard, axe, both themes, and without scripts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Browser,
  barriers,
  launchBrowser,
  type Opened,
  type Tab,
  tabStops,
  tabStopsDue,
} from '../../reports/testing/browser.js';
import { buildSite, pathInSite, projectDocuments } from './build-site.js';
import { writeSite } from './write-site.js';

const directory = mkdtempSync(join(tmpdir(), 'powercut-site-'));
const WIDE = { width: 1280, theme: 'light' } as const;
const NARROW = { width: 420, theme: 'dark' } as const;
/** One of each kind; the others differ in their words. */
const KINDS = [
  'index.html',
  'failures.html',
  'verdicts.html',
  'tutorial/mend.html',
  'invariants/durability.html',
  'reference/suite.html',
  'changelog.html',
  'api/index.html',
  'api/store/index.html',
  'api/store/interfaces/eventstore.html',
  'api/store/functions/openeventstore.html',
];
const DOCUMENTS = projectDocuments().map(({ path }) => pathInSite(path));

let browser: Browser;
let narrow: Tab;

beforeAll(async () => {
  const { site, faults } = await buildSite();
  expect(faults).toEqual([]);
  writeSite(site, directory);
  browser = await launchBrowser();
  narrow = await browser.tab(NARROW);
}, 120_000);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const visit = (path: string, look: typeof WIDE | typeof NARROW): Promise<Opened> =>
  browser.visit(join(directory, path), look);

/** Errors, and requests to anything but the site's own files. */
const unexpected = ({ noise }: Opened): readonly string[] =>
  noise.filter((text) => !text.startsWith('file://'));

const pathOf = (page: Page): string => decodeURI(page.url()).slice(`file://${directory}/`.length);

describe('the pages of the site', () => {
  it.each(KINDS)('%s has no barrier in either theme, wide or narrow', async (path) => {
    for (const look of [WIDE, NARROW]) {
      await using opened = await visit(path, look);
      expect(await barriers(opened.page)).toEqual([]);
    }
  });

  it.each(DOCUMENTS)('%s loads nothing from the network and is as wide as its screen', async (path) => {
    await using opened = await narrow.visit(join(directory, path));
    expect(unexpected(opened)).toEqual([]);
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(NARROW.width);
  });
});

describe('the search of the site', () => {
  const search = async (page: Page, query: string): Promise<readonly string[]> => {
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    await page.waitForSelector('[role="option"]');
    return page.locator('[role="option"] strong').allTextContents();
  };

  it.each([
    ['crash model', 'The crash model'],
    ['--max-crashes', 'The command line › powercut run'],
    ['STORE_FULL', 'Troubleshooting › STORE_FULL'],
    ['false alarm', 'Is this a false alarm?'],
    ['STATE_OUTLIVED', 'Verdicts, bounds and settings › Three verdicts'],
    ['openEventStore', 'openEventStore()'],
    ['chekpoint', 'checkpoint-safety'],
  ])('%s finds %s', async (query, heading) => {
    await using opened = await visit('index.html', WIDE);
    expect((await search(opened.page, query)).join('\n')).toContain(heading);
    expect(unexpected(opened)).toEqual([]);
  });

  it('leads to the selected section by keys alone, from any folder', async () => {
    await using opened = await visit('api/store/index.html', WIDE);
    const { page } = opened;
    await search(page, 'debugger');
    const selected = page.locator('[aria-selected="true"]');
    const first = await selected.getAttribute('href');
    await page.keyboard.press('ArrowDown');
    expect(await selected.getAttribute('href')).not.toBe(first);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/failures\.html#under-a-debugger$/);
    expect(pathOf(page)).toBe('failures.html#under-a-debugger');
  });

  it('has no barrier, says that it found nothing, and closes with Escape', async () => {
    await using opened = await visit('index.html', NARROW);
    const { page } = opened;
    await search(page, 'fsync');
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('qqqqq');
    await page.getByText('Nothing found for “fsyncqqqqq”.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  it('a slash that is typed into the field is text', async () => {
    await using opened = await visit('index.html', WIDE);
    await search(opened.page, 'powercut/vitest');
    expect(await opened.page.inputValue('dialog input')).toBe('powercut/vitest');
  });
});

describe('the pages of the site by keyboard', () => {
  it.each(['index.html', 'strategies.html'])(
    '%s lets Tab reach everything, the content first',
    async (path) => {
      await using opened = await visit(path, WIDE);
      const reached = await tabStops(opened.page);
      expect(reached[0]).toBe('Skip to the content');
      expect(reached).toHaveLength(await tabStopsDue(opened.page));
    },
  );

  it('the menu opens, and closes with Escape', async () => {
    await using opened = await visit('verdicts.html', NARROW);
    const { page } = opened;
    const menu = page.locator('button.menu');
    const pages = page.locator('nav.pages');
    expect(await pages.isVisible()).toBe(false);
    await menu.focus();
    await page.keyboard.press('Enter');
    expect(await pages.isVisible()).toBe(true);
    expect(await menu.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await pages.isVisible()).toBe(false);
  });
});

describe('the theme of the site', () => {
  const ground = (page: Page): Promise<string> =>
    page.evaluate('getComputedStyle(document.documentElement).backgroundColor');

  it('is the one of the system until the reader chooses, and stays chosen on the next page', async () => {
    await using opened = await visit('index.html', WIDE);
    const { page } = opened;
    const light = await ground(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground(page);
    expect(dark).not.toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.click('button.theme');
    expect(await ground(page)).toBe(dark);
    // A click waits for the answer, not for the stylesheet.
    await Promise.all([page.waitForEvent('load'), page.click('nav.pages a[aria-current]')]);
    expect(await ground(page)).toBe(dark);
  });
});

describe('the site without scripts', () => {
  it('shows text and pages, and no button that does nothing', async () => {
    const plain = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await plain.newPage({ javaScriptEnabled: false, viewport: { width: 420, height: 900 } });
    await page.goto(`file://${join(directory, 'verdicts.html')}`);
    expect(await page.locator('nav.pages').isVisible()).toBe(true);
    expect(await page.locator('button:visible').count()).toBe(0);
    await plain.close();
  });
});
