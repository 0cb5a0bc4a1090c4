/**
 * A process that runs lives again, for all suites of a campaign: starting one takes longer than most suites need it for. Each
 * life has its own modules there, and the first one of the process those that the process itself loads. A difference is checked
 * again in a new process: see outlivingOf.
 */
import type { SampledLife } from '../../sim/explore/recheck/life-sample.js';
import type { Rechecked } from '../../sim/explore/recheck/recheck.js';
import type { Unit } from '../messages/messages.js';
import type { TaskWorker } from '../messages/task-worker.js';
import { unansweredBy } from './trouble.js';

/** @throws WorkerDied; any error of the suite when it is loaded */
export const liveAgainIn = async (
  worker: TaskWorker,
  { reference, options }: Pick<Unit, 'reference' | 'options'>,
  lives: readonly SampledLife[],
): Promise<Rechecked> => {
  const task = { kind: 'recheck', reference, options, lives } as const;
  const answer = await worker.ask(task, () => undefined, options.timeMs);
  if (answer.kind !== 'rechecked') throw unansweredBy(answer);
  return answer.rechecked;
};

export class SecondLives {
  private worker: TaskWorker | undefined;
  /** It was started, and has done nothing. */
  private isNew = false;
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly start: () => TaskWorker,
    private readonly end: (worker: TaskWorker) => Promise<void>,
  ) {}

  /** Starts the process before it is needed, if there is none. For who has a core to spare. */
  prepare(): void {
    this.isNew ||= this.worker === undefined;
    this.worker ??= this.start();
  }

  /**
   * One suite after the other. If modules of a suite can't be evaluated again, in a new process.
   * @param asked Called when it is the suite's turn: the options say how much time is left.
   */
  ask(asked: () => Pick<Unit, 'reference' | 'options'>, lives: readonly SampledLife[]): Promise<Rechecked> {
    const turn = this.lastTurn.then(() => this.take(asked, lives));
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  private async take(
    asked: () => Pick<Unit, 'reference' | 'options'>,
    lives: readonly SampledLife[],
  ): Promise<Rechecked> {
    const used = this.worker;
    if (used !== undefined && !this.isNew) {
      const rechecked = await liveAgainIn(used, asked(), lives).catch(() => undefined);
      if (rechecked !== undefined && rechecked.why === undefined) return rechecked;
      await this.close();
    }
    this.worker ??= this.start();
    this.isNew = false;
    try {
      return await liveAgainIn(this.worker, asked(), lives);
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
  }

  /** Ends the process, if there is one. */
  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.isNew = false;
    if (worker !== undefined) await this.end(worker);
  }
}
