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
  run<Result>(action: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const begin = (): void => void this.#act(action).then(resolve, reject);
      if (this.#free === 0) {
        this.#waiting.push(begin);
        return;
      }
      this.#free--;
      begin();
    });
  }

  async #act<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } finally {
      // A slot that someone waits for is handed over and used in one go: a moment later, whoever asks next could find
      // another slot free and begin first.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
