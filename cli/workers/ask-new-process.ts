/** Asks a worker process that has done nothing before to live lives of a suite again, for who explores it in a process of their own. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AskNewProcess } from '../../sim/explore/campaign/outliving-state.js';
import { indexOfSuite } from '../loading/load-suites.js';
import type { UnitOptions } from '../messages/messages.js';
import { WORKER } from './pool.js';
import { liveAgainIn } from './second-lives.js';
import { WorkerProcess } from './worker-process.js';

/**
 * @param name the suite's, among those that `file` exports as default
 * @param file relative to the working directory
 */
export const askNewProcess =
  (name: string, file: string, options: UnitOptions): AskNewProcess =>
  async (lives) => {
    const path = resolve(file);
    const index = await indexOfSuite(path, name);
    const reference = { kind: 'file', url: pathToFileURL(path).href, argument: file, index } as const;
    const worker = new WorkerProcess(WORKER);
    try {
      return await liveAgainIn(worker, { reference, options }, lives);
    } finally {
      await worker.end();
    }
  };
