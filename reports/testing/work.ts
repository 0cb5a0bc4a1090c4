/** What a page's thread has worked, by the processor's clock: the machine's other work does not count. */
import type { Page } from 'playwright-core';

/** Seconds since the page was opened. */
export const workClock = async (page: Page): Promise<() => Promise<number>> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const found = metrics.find(({ name }) => name === 'TaskDuration');
    if (found === undefined) throw new Error('The browser measures no TaskDuration.');
    return found.value;
  };
};
