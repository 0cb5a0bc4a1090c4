/** An open directory as `fs.opendir` gives it: its entries one by one, as they were when the first was asked for. */
import type { Dirent } from '@jsonjoy.com/fs-node';
import type { Scheduler } from '../scheduler/scheduler.js';

type Done<T> = (error: unknown, result?: T) => void;

const closed = (): Error =>
  Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });

export class SimulatedDir {
  private left: Iterator<Dirent> | undefined;
  private isClosed = false;

  /** @param list one step, which looks at the directory */
  constructor(
    readonly path: string,
    private readonly list: () => readonly Dirent[],
    private readonly scheduler: Scheduler,
  ) {}

  readSync(): Dirent | null {
    if (this.isClosed) throw closed();
    this.left ??= this.list()[Symbol.iterator]();
    const next = this.left.next();
    return next.done === true ? null : next.value;
  }

  closeSync(): void {
    if (this.isClosed) throw closed();
    this.isClosed = true;
  }

  read(done?: Done<Dirent | null>): Promise<Dirent | null> | undefined {
    return called(
      this.scheduler.perform(() => this.readSync()),
      done,
    );
  }

  close(done?: Done<void>): Promise<void> | undefined {
    return called(
      this.scheduler.perform(() => this.closeSync()),
      done,
    );
  }

  async *entries(): AsyncGenerator<Dirent, void, void> {
    try {
      for (let entry = await this.read(); entry; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void, void> {
    return this.entries();
  }
}

/** As a promise, or with a callback where one is given. */
const called = <T>(result: Promise<T>, done: Done<T> | undefined): Promise<T> | undefined => {
  if (done === undefined) return result;
  void result.then((value) => done(null, value), done);
  return undefined;
};
