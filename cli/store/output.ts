/** Lines for a stream whose reader may be slow, or gone. */
import type { Writable } from 'node:stream';
import type { StoreContext } from './program.js';

/** A reader that has seen enough (powercut-store dump | head) is no error. Any other error of the stream is thrown. */
export const printTo = (stream: Writable): Pick<StoreContext, 'print' | 'keptUp'> => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    print: (line) => {
      if (!stream.destroyed) stream.write(`${line}\n`);
    },
    keptUp: async () => {
      if (!stream.writableNeedDrain) return;
      // A reader who goes away drains nothing: then the stream is closed.
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stream.off('drain', done).off('close', done);
          resolve();
        };
        stream.on('drain', done).on('close', done);
      });
    },
  };
};
