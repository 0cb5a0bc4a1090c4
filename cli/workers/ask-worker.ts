/** Asks one question of a worker process of its own: which suites a file has, or how a recorded run goes. */
import type { Played } from '../../sim/replay/replay.js';
import type { DescribeFile } from '../loading/find-suites.js';
import type { Play, Task } from '../messages/messages.js';
import type { Answer } from '../messages/task-worker.js';
import { UsageError } from '../usage-error.js';
import { WORKER } from './pool.js';
import type { SpareWorkers } from './spare-workers.js';
import { troubleOf, unansweredBy } from './trouble.js';
import { WorkerProcess } from './worker-process.js';

/** Plays one recorded run. @throws UsageError with the code of what is wrong */
export type PlayToken = (play: Play) => Promise<Played>;

const nothing = (): void => undefined;

/** @throws UsageError; the worker is then gone. */
const ask = async (worker: WorkerProcess, task: Task, limitMs?: number): Promise<Answer> => {
  try {
    const answer = await worker.ask(task, nothing, limitMs);
    if (answer.kind === 'failed') throw unansweredBy(answer);
    return answer;
  } catch (error) {
    await worker.end();
    const { code, message } = troubleOf(error);
    throw new UsageError(code, message);
  }
};

export const describeInWorker =
  (spares: SpareWorkers): DescribeFile =>
  async (url, argument, { limitMs, ...options } = {}) => {
    const worker = new WorkerProcess(WORKER, options);
    const answer = await ask(worker, { kind: 'describe', url, argument }, limitMs);
    if (answer.kind !== 'described') throw unansweredBy(answer);
    await spares.keep(url, worker);
    return answer.suites;
  };

export const playInWorker =
  (spares: SpareWorkers): PlayToken =>
  async (play) => {
    const [reference] = play.references;
    const spare = reference === undefined ? undefined : spares.take(reference);
    const worker = spare ?? new WorkerProcess(WORKER);
    const answer = await ask(worker, { kind: 'play', ...play });
    await worker.end();
    if (answer.kind !== 'played') throw unansweredBy(answer);
    const { kind: _, ...played } = answer;
    return played;
  };
