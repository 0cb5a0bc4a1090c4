/** An open directory as `fs.opendir` returns it: its entries one by one, as they were at the first read. */
import fs from 'node:fs';
import type { Scheduler } from '../../../scheduler/scheduler.js';
import { type Call, tell } from '../callbacks.js';

const closed = (): Error =>
  Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });

const busy = (): Error =>
  Object.assign(
    new Error('Cannot do synchronous work on directory handle with concurrent asynchronous operations'),
    {
      code: 'ERR_DIR_CONCURRENT_OPERATION',
    },
  );

// Node's types do not tell of its constructor: a handle of the system, which nothing here asks, and the path.
const NodeDir = fs.Dir as unknown as new (handle: object, path: string) => object;

export class SimulatedDir extends NodeDir {
  // As a program sees it: it is one of Node's.
  static override readonly name = 'Dir';
  #left: Iterator<fs.Dirent> | undefined;
  #isClosed = false;
  /** Calls that were made and are not over. */
  #underWay = 0;
  readonly #list: () => readonly fs.Dirent[];
  readonly #scheduler: Scheduler;

  /** @param list one step, which looks at the directory */
  constructor(path: string, list: () => readonly fs.Dirent[], scheduler: Scheduler) {
    super({}, path);
    this.#list = list;
    this.#scheduler = scheduler;
  }

  #next(): fs.Dirent | null {
    this.#left ??= this.#list()[Symbol.iterator]();
    const next = this.#left.next();
    return next.done === true ? null : next.value;
  }

  #refuse(): void {
    if (this.#isClosed) throw closed();
    if (this.#underWay > 0) throw busy();
  }

  #inTurn<T>(act: () => T): Promise<T> {
    this.#underWay += 1;
    const result = this.#scheduler.perform(act);
    const over = (): void => {
      this.#underWay -= 1;
    };
    void result.then(over, over);
    return result;
  }

  readSync(): fs.Dirent | null {
    this.#refuse();
    return this.#next();
  }

  closeSync(): void {
    this.#refuse();
    this.#isClosed = true;
  }

  read(done?: Call): Promise<fs.Dirent | null> | undefined {
    if (this.#isClosed) throw closed();
    return called(
      this.#inTurn(() => this.#next()),
      done,
    );
  }

  close(done?: Call): Promise<void> | undefined {
    if (this.#isClosed) return called(Promise.reject(closed()), done);
    this.#isClosed = true;
    return called(
      this.#inTurn(() => undefined),
      done,
    );
  }

  async *entries(): AsyncGenerator<fs.Dirent, void, void> {
    try {
      for (let entry = await this.read(); entry; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<fs.Dirent, void, void> {
    return this.entries();
  }

  static {
    Reflect.defineProperty(SimulatedDir.prototype, 'constructor', {
      value: fs.Dir,
      configurable: true,
      writable: true,
    });
    // ES2022 has neither symbol; present wherever the runtime knows them.
    const [asyncDispose, dispose] = ['asyncDispose', 'dispose'].map((name): unknown =>
      Reflect.get(Symbol, name),
    );
    const inOwn = (symbol: unknown, value: (this: SimulatedDir) => unknown): void => {
      if (typeof symbol === 'symbol' && symbol in NodeDir.prototype)
        Reflect.defineProperty(SimulatedDir.prototype, symbol, { value, configurable: true, writable: true });
    };
    inOwn(asyncDispose, function () {
      return this.#isClosed ? undefined : this.close();
    });
    inOwn(dispose, function () {
      if (!this.#isClosed) this.closeSync();
    });
  }
}

/** As a promise, or with a callback where one is given. */
const called = <T>(result: Promise<T>, done: Call | undefined): Promise<T> | undefined => {
  if (done === undefined) return result;
  tell(result, done);
  return undefined;
};
