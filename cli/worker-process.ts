/** A worker as the pool sees it: a process that is asked one thing at a time, and whose death is told, never waited out. */
import { type ChildProcess, fork } from 'node:child_process';
import type { ExploreProgress } from '../sim/explore/options.js';
import type { FromWorker, Task, ToWorker } from './task.js';

/** The worker is no more: out of memory, killed, or ended by a suite. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** What a debugger was told to do with this process is not meant for its workers: they would fight for its port. */
const forWorkers = (argument: string): boolean => !argument.startsWith('--inspect');

/** Whatever happens to this process, its workers do not stay behind. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** What a worker was asked for, or why there is none. */
export type Answer = Exclude<FromWorker, { readonly kind: 'progress' }>;

export class WorkerProcess {
  private readonly child: ChildProcess;
  private answer: ((message: Answer) => void) | undefined;
  private onProgress: (progress: ExploreProgress) => void = () => undefined;
  /** Rejects when the process ends, with the reason. */
  private readonly death: Promise<never>;

  constructor(module: URL) {
    this.child = fork(module, [], {
      execArgv: process.execArgv.filter(forWorkers),
      // Maps and what is undefined arrive as they were sent.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    alive.add(this.child);
    this.child.on('message', (message) => {
      const said = message as FromWorker; // sent by cli/worker, which sends nothing else
      if (said.kind === 'progress') this.onProgress(said.progress);
      else this.answer?.(said);
    });
    this.death = new Promise((_, reject) => {
      this.child.once('error', (error) => reject(new WorkerDied(error.message)));
      this.child.once('exit', (code, signal) => {
        alive.delete(this.child);
        reject(
          new WorkerDied(signal === null ? `it ended with exit code ${code}` : `it was killed, ${signal}`),
        );
      });
    });
    // Nobody need be asking when a worker ends.
    this.death.catch(() => undefined);
  }

  private send(message: ToWorker): void {
    // A message that can't be delivered is a death, which is told as such.
    this.child.send(message, () => undefined);
  }

  /** @throws WorkerDied */
  async ask(task: Task, onProgress: (progress: ExploreProgress) => void): Promise<Answer> {
    this.onProgress = onProgress;
    const answered = new Promise<Answer>((resolve) => {
      this.answer = resolve;
    });
    this.send(task);
    return await Promise.race([answered, this.death]);
  }

  /** Ends what it is doing with what it has, and whatever it is asked from now on. */
  stop(): void {
    this.send({ kind: 'stop' });
  }

  /** Resolves when the process is gone. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.death.catch(() => undefined);
  }
}
