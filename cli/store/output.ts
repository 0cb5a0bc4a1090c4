/** Lines for a stream whose reader may be slow, or gone. */
import type { Writable } from 'node:stream';
import type { StoreContext } from './program.js';

/** What the stream can't take is lost: StandardOutput tells of it. */
export const printTo = (stream: Writable): Pick<StoreContext, 'print' | 'keptUp'> => ({
  print: (line) => {
    if (!stream.destroyed) stream.write(`${line}\n`);
  },
  keptUp: async () => {
    if (stream.errored !== null || !stream.writableNeedDrain) return;
    // A reader who goes away drains nothing: then the stream is closed, or fails.
    const settled = ['drain', 'close', 'error'] as const;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of settled) stream.off(event, done);
        resolve();
      };
      for (const event of settled) stream.on(event, done);
    });
  },
});
