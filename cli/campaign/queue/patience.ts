/** How long one waits for a queue that may be gone. */
import { setTimeout as delay } from 'node:timers/promises';

/** Somebody waits at the terminal for the command to end. */
export const PATIENCE_MS = 2_000;

/** Whether it is done in time. Work that comes too late may fail. @throws what it throws in time */
export const isDoneWithin = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
  work.catch(() => undefined);
  const ending = new AbortController();
  const late = delay(ms, false, { signal: ending.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    ending.abort();
  }
};

/** Resolves when, after the signal, the queue has not answered for that time. */
export const silentAfter = async (signal: AbortSignal, ping: () => Promise<unknown>): Promise<void> => {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  while (await isDoneWithin(ping(), PATIENCE_MS)) await delay(PATIENCE_MS, undefined, { ref: false });
};
