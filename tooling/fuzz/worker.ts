/** One worker of a campaign, on a thread of its own: takes the next log until there is none, and tells of what is wrong. */
import { parentPort, workerData } from 'node:worker_threads';
import { Counts, campaignOf } from './campaign.js';

export interface WorkerData {
  readonly seed: number;
  readonly files: number;
  readonly worker: number;
  readonly workers: number;
  readonly memory: SharedArrayBuffer;
}

/** A log that the store did not bear as it should. */
export interface Failure {
  readonly number: number;
  readonly wrong: string;
}

const { seed, files, worker, workers, memory } = workerData as WorkerData; // given by main.ts
const counts = new Counts(memory, workers);
const putToTheStore = await campaignOf(seed);
for (let number = counts.take(worker); number < files; number = counts.take(worker)) {
  const put = await putToTheStore(number);
  counts.add(put);
  const { wrong } = put.verdict;
  if (wrong !== undefined) parentPort?.postMessage({ number, wrong } satisfies Failure);
}
