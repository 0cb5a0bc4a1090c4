/**
 * Worker processes of a machine that explores units: one that has loaded a suite waits for the suite's next unit, as loading takes
 * longer than many units. The one that has waited longest makes room for another suite.
 */
import type { TaskWorker } from '../../messages/task-worker.js';

interface Idle {
  readonly suite: string;
  readonly worker: TaskWorker;
}

export class SuiteProcesses {
  /** That longest idle first. */
  private idle: Idle[] = [];
  private readonly busy = new Set<TaskWorker>();

  constructor(
    private readonly start: () => TaskWorker,
    private readonly idleMax: number,
  ) {}

  /** Whether a process that has loaded the suite waits for a unit. */
  has(suite: string): boolean {
    return this.idle.some((one) => one.suite === suite);
  }

  /**
   * Has a worker process of the suite act. One that fails is ended.
   * @param check called before a process is started, which then loads the suite
   */
  async with<Value>(
    suite: string,
    act: (worker: TaskWorker) => Promise<Value>,
    check: () => Promise<void>,
  ): Promise<Value> {
    const known = this.idle.find((one) => one.suite === suite);
    this.idle = this.idle.filter((one) => one !== known);
    if (known === undefined) await check();
    const worker = known?.worker ?? this.start();
    this.busy.add(worker);
    try {
      const value = await act(worker);
      this.idle.push({ suite, worker });
      return value;
    } catch (thrown) {
      await worker.end();
      throw thrown;
    } finally {
      this.busy.delete(worker);
      while (this.idle.length > this.idleMax) await this.idle.shift()?.worker.end();
    }
  }

  async end(): Promise<void> {
    const workers = [...this.busy, ...this.idle.map(({ worker }) => worker)];
    this.idle = [];
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
