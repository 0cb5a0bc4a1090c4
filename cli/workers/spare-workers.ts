/**
 * Workers that have loaded a suite file to list its suites, kept for the next task of one of these suites: loading a program
 * takes longer than many tasks.
 */
import { availableParallelism } from 'node:os';
import type { SuiteReference } from '../loading/suite-reference.js';
import type { WorkerOptions, WorkerProcess } from './worker-process.js';

/** No more than these work at once: further ones would only take memory. */
const SPARES_MAX = availableParallelism();

/** How workers are started, and where one may come from that has loaded the suite's file. */
export interface SparedWorkerOptions extends WorkerOptions {
  readonly spares?: SpareWorkers;
}

export class SpareWorkers {
  private readonly byUrl = new Map<string, WorkerProcess>();

  /** Keeps a worker that has no question to answer, or ends it. */
  async keep(url: string, worker: WorkerProcess): Promise<void> {
    if (this.byUrl.size >= SPARES_MAX || this.byUrl.has(url)) return worker.end();
    this.byUrl.set(url, worker);
  }

  /** A worker that has loaded the suite's file. It is then no longer spare. */
  take(reference: SuiteReference): WorkerProcess | undefined {
    if (reference.kind !== 'file') return undefined;
    const worker = this.byUrl.get(reference.url);
    this.byUrl.delete(reference.url);
    return worker;
  }

  /** Ends those that were not taken. */
  async end(): Promise<void> {
    const workers = [...this.byUrl.values()];
    this.byUrl.clear();
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
