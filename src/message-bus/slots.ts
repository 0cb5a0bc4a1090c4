/** Lets only so many asynchronous actions run at once; the others wait, and come in the order in which they asked. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`${count} is no number of slots: give 1 or more`);
    this.#free = count;
  }

  /** Runs `action` as soon as there is a slot for it; at once, if there is. */
  async run<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      // A slot that someone waits for is handed over, and never free in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
