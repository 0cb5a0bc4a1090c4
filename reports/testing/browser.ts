/** A real browser for the tests of the pages (Debian's chromium, or the one in CHROMIUM), and what it notices. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';

export const WIDTHS = [390, 1280] as const;
export const THEMES = ['light', 'dark'] as const;
const HEIGHT = 900;

export interface Look {
  readonly width: number;
  readonly theme: (typeof THEMES)[number];
  readonly height?: number;
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Errors, requests beyond the page itself, and dialogs: whatever a quiet page has none of. */
  readonly noise: readonly string[];
}

export interface Browser extends AsyncDisposable {
  /** Opens a page that consists of this text. */
  open(text: string, look: Look): Promise<Opened>;
  /** Opens a file. */
  visit(file: string, look: Look): Promise<Opened>;
  /**
   * One tab for many pages, one after the other: a new one takes half a second. It ends with the browser. Where Tab begins
   * depends on the page before, so who counts its stops opens a new one.
   */
  tab(look: Look): Promise<Tab>;
}

export type Tab = { readonly [How in 'open' | 'visit']: (page: string) => Promise<Opened> };

/** @param hear takes each noise, as text */
const listen = (page: Page, hear: (noise: string) => void): void => {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') hear(message.text());
  });
  page.on('pageerror', (error) => hear(String(error)));
  page.on('request', (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith('data:')) hear(request.url());
  });
  page.on('dialog', (dialog) => {
    hear(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
};

// Software rendering, one profile of colours and plain grey smoothing: what a page looks like is for its own text to say.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--disable-lcd-text',
];
const FONTS = { FONTCONFIG_FILE: fileURLToPath(new URL('./fonts.conf', import.meta.url)) };

export const launchBrowser = async (): Promise<Browser> => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    executablePath,
    args: ARGUMENTS,
    env: { ...process.env, ...FONTS },
  });
  const directory = await mkdtemp(join(tmpdir(), 'powercut-pages-'));
  let pages = 0;
  const written = async (text: string): Promise<string> => {
    pages += 1;
    const file = join(directory, `${pages}.html`);
    await writeFile(file, text);
    return file;
  };
  const newPage = async ({ width, theme, height = HEIGHT }: Look): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
    return context.newPage();
  };
  const visit = async (file: string, look: Look): Promise<Opened> => {
    const page = await newPage(look);
    const noise: string[] = [];
    listen(page, (heard) => noise.push(heard));
    await page.goto(pathToFileURL(file).href);
    return { page, noise, [Symbol.asyncDispose]: () => page.context().close() };
  };
  const tab = async (look: Look): Promise<Tab> => {
    const page = await newPage(look);
    let noise: string[] = [];
    listen(page, (heard) => noise.push(heard));
    const next = async (file: string): Promise<Opened> => {
      await page.goto('about:blank');
      noise = [];
      // The visit before this one may have looked at the other theme.
      await page.emulateMedia({ colorScheme: look.theme });
      await page.goto(pathToFileURL(file).href);
      return { page, noise, [Symbol.asyncDispose]: async () => undefined };
    };
    return { open: async (text) => next(await written(text)), visit: next };
  };
  return {
    open: async (text, look) => visit(await written(text), look),
    visit,
    tab,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await rm(directory, { recursive: true });
    },
  };
};

const RULES_OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** What is wrong with a page for everyone: axe's findings in both themes, and a page wider than its screen. */
export const barriers = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  // What is folded away is content, too.
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  const wrong: string[] = [];
  for (const [index, theme] of THEMES.entries()) {
    await page.emulateMedia({ colorScheme: theme });
    // Themes differ in colours only: the other rules have the same answer in each.
    const rules = index === 0 ? '' : `, runOnly: ${JSON.stringify(RULES_OF_COLOURS)}`;
    const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      `axe.run({ preload: false, resultTypes: ['violations']${rules} }).then(({ violations }) => violations)`,
    );
    wrong.push(...found.map(({ id, nodes }) => `${theme}: ${id}: ${nodes[0]?.html}`));
  }
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  if (overflow !== 0) wrong.push(`${overflow} pixels wider than the screen`);
  return wrong;
};

/** Everything that Tab reaches, in its order, until it leaves the page. */
export const tabStops = async (page: Page): Promise<readonly string[]> => {
  const reached: string[] = [];
  // A field has no text of its own: its label names it.
  const focused = `(({ activeElement: element }) =>
    element.matches('body') ? '' : (element.labels?.[0] ?? element).textContent.trim() || element.tagName)(document)`;
  for (let press = 0; press < 200; press++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>(focused);
    if (text === '') break;
    reached.push(text.slice(0, 24));
  }
  return reached;
};

/** How many things Tab ought to reach: all but what is hidden or in a shut fold, which still shows its own summary. */
export const tabStopsDue = async (page: Page): Promise<number> =>
  page.evaluate<number>(`
    [...document.querySelectorAll('a[href], summary, button, input, select, [tabindex="0"]')].filter((element) => {
      const inside = element.matches('summary') ? element.parentElement.parentElement : element;
      const isShown = element.closest('[hidden]') === null && getComputedStyle(element).display !== 'none';
      return isShown && inside.closest('details:not([open])') === null;
    }).length`);
