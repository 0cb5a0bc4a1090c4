/** The longest pages scroll smoothly: what a frame costs is held against what a frame may cost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser } from '../testing/browser.js';
import { manyPoints, manySteps } from '../testing/long-results.js';
import { type Scrolled, scroll } from '../testing/scrolling.js';
import { renderReport } from './report.js';
import { renderTimeline } from './timeline/timeline.js';

const WIDE = { width: 1280, theme: 'light' } as const;
/** At sixty frames a second. */
const FRAME_MS = 1000 / 60;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

const told = (name: string, { frames, frameMsP95, longTasks, workMsPerFrame, nodes }: Scrolled): string =>
  `${name}: ${workMsPerFrame.toFixed(1)} ms of work a frame; of ${frames} frames 95 in 100 came within ` +
  `${frameMsP95.toFixed(1)} ms, ${longTasks} tasks took more than 50 ms; ${nodes} elements`;

/** Dragging the bar, each frame is of a place far from the last: there every other one will do. */
const LIMITS = [
  { by: 'the wheel', limitMs: FRAME_MS },
  { by: 'the bar', limitMs: 2 * FRAME_MS },
] as const;

describe.each(LIMITS)('renderTimeline: scrolling by $by', ({ by, limitMs }) => {
  it('a timeline of 50,000 steps is soon drawn, and keeps what is in view only', async () => {
    await using opened = await browser.open(renderTimeline(manySteps()), WIDE);
    const scrolled = await scroll(opened.page, '#steps', by);
    console.log(told(`a timeline of 50,000 steps by ${by}`, scrolled));
    expect(scrolled.workMsPerFrame).toBeLessThan(limitMs);
    expect(scrolled.nodes).toBeLessThan(1_000);
  });

  it('a report of 10,000 crash points is soon drawn with every fold open', async () => {
    await using opened = await browser.open(renderReport(manyPoints()), WIDE);
    await opened.page.evaluate(
      'for (const fold of document.querySelectorAll("details")) fold.open = true; document.body.offsetHeight',
    );
    const scrolled = await scroll(opened.page, 'html', by);
    console.log(told(`a report of 10,000 crash points, all open, by ${by}`, scrolled));
    expect(scrolled.workMsPerFrame).toBeLessThan(limitMs);
  });
});
