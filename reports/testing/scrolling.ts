/** Scrolls a page as a hand does, and says what that cost. */
import type { Page } from 'playwright-core';
import { workClock } from './work.js';

export interface Scrolled {
  readonly frames: number;
  /** The time from one frame to the next that 95 of 100 stay under: by the clock, so the machine's other work is in it. */
  readonly frameMsP95: number;
  /** Tasks of more than 50 ms, by the clock. */
  readonly longTasks: number;
  /** What the page's thread worked for each frame, by the processor's clock: other work does not count. */
  readonly workMsPerFrame: number;
  /** Nodes in the document once all was scrolled. */
  readonly nodes: number;
}

const FRAMES = 240;

/** By hand a turn of the wheel in each frame; by the bar all there is to scroll, in four seconds at sixty frames a second. */
export type By = 'the wheel' | 'the bar';

const WHEEL_PIXELS = 120;

const script = (selector: string, by: By): string => `new Promise((done) => {
  const scrolled = document.querySelector('${selector}');
  const all = scrolled.scrollHeight - scrolled.clientHeight;
  const far = ${by === 'the bar'} ? all : Math.min(all, ${WHEEL_PIXELS * FRAMES});
  const times = [];
  let longTasks = 0;
  const observer = new PerformanceObserver((list) => { longTasks += list.getEntries().length; });
  observer.observe({ entryTypes: ['longtask'] });
  const frame = (time) => {
    times.push(time);
    if (times.length > ${FRAMES}) {
      observer.disconnect();
      const gaps = times.slice(1).map((at, index) => at - times[index]).sort((a, b) => a - b);
      done({ frames: gaps.length, frameMsP95: gaps[Math.floor(gaps.length * 0.95)], longTasks, end: scrolled.scrollTop - far });
      return;
    }
    scrolled.scrollTop = (far * times.length) / ${FRAMES};
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

/** `selector` names what scrolls. */
export const scroll = async (page: Page, selector: string, by: By): Promise<Scrolled> => {
  const clock = await workClock(page);
  const before = await clock();
  const seen = await page.evaluate<Omit<Scrolled, 'workMsPerFrame' | 'nodes'> & { readonly end: number }>(
    script(selector, by),
  );
  const worked = (await clock()) - before;
  if (Math.abs(seen.end) > 1) throw new Error(`Scrolling ended ${seen.end} pixels from where it should.`);
  const nodes = await page.evaluate<number>('document.querySelectorAll("*").length');
  return { ...seen, workMsPerFrame: (worked * 1000) / seen.frames, nodes };
};
