/** `powercut worker`: explores units of the campaigns on a queue, until it is stopped. */
import { availableParallelism } from 'node:os';
import { harmlessLine } from '../../reports/format.js';
import { connect, KEY_VARIABLE } from '../campaign/queue/connection.js';
import { takeUnits } from '../campaign/queue/take-units.js';
import type { Context, ExitCode } from '../context.js';
import { listenForInterrupt } from '../interrupt.js';
import { WORKER } from '../workers/pool.js';
import { WorkerProcess } from '../workers/worker-process.js';

export interface WorkerOptions {
  readonly queue: string;
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly stallTimeout: number;
  /** Milliseconds. */
  readonly lock: number;
}

/** @throws UsageError as documented at `connect` */
export const workerCommand = async (
  { queue, concurrency = availableParallelism(), stallTimeout, lock }: WorkerOptions,
  { directory, variables, stderr }: Context,
): Promise<ExitCode> => {
  const say = (line: string): void => void stderr.write(`${harmlessLine(line)}\n`);
  const connection = await connect(queue, variables[KEY_VARIABLE]);
  const interrupt = listenForInterrupt();
  interrupt.signal.addEventListener('abort', () =>
    say('Finishing the parts under way. Press Ctrl-C again to leave them to other workers.'),
  );
  say(`Waits for campaigns. Press Ctrl-C to end.`);
  try {
    await takeUnits(connection, {
      directory,
      concurrency,
      stallMs: lock,
      start: () => new WorkerProcess(WORKER, { silentMsMax: stallTimeout }),
      signal: interrupt.signal,
      say,
    });
    return 0;
  } finally {
    interrupt.release();
    connection.close();
  }
};
