/**
 * Runs actions in turns: those of one key one after the other, in the order of the calls, and of different keys at most a given
 * number at once. A synchronous action is over when the call returns.
 */

interface Waiting {
  readonly key: string;
  readonly action: () => Promise<void> | void;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Turns {
  readonly #max: number;
  readonly #waiting: Waiting[] = [];
  readonly #atWork = new Set<string>();
  #idlers: (() => void)[] = [];
  #isGoingOn = false;

  constructor(max: number) {
    if (!Number.isSafeInteger(max) || max < 1)
      throw new RangeError(`${max} is no number of slots: give 1 or more`);
    this.#max = max;
  }

  /** Runs `action` as soon as it is its turn; at once, if it can. Undefined: it is over. Else settles as the action does. */
  take(key: string, action: () => Promise<void> | void): Promise<void> | undefined {
    if (this.#isFree(key) && !this.#waiting.some((other) => other.key === key))
      return this.#begin(key, action);
    return new Promise((resolve, reject) => void this.#waiting.push({ key, action, resolve, reject }));
  }

  /** Resolves when nothing is at work and nothing waits. */
  idle(): Promise<void> {
    if (this.#atWork.size === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#idlers.push(resolve));
  }

  #isFree(key: string): boolean {
    return this.#atWork.size < this.#max && !this.#atWork.has(key);
  }

  #begin(key: string, action: Waiting['action']): Promise<void> | undefined {
    this.#atWork.add(key);
    let working: Promise<void> | void;
    try {
      working = action();
    } catch (error) {
      working = Promise.reject(error);
    }
    if (working !== undefined) return working.finally(() => this.#end(key));
    this.#end(key);
    return undefined;
  }

  #end(key: string): void {
    this.#atWork.delete(key);
    this.#goOn();
    if (this.#atWork.size > 0) return;
    for (const resolve of this.#idlers.splice(0)) resolve();
  }

  /** Begins what can begin. An action that is over at once comes back here: then the loop that began it goes on. */
  #goOn(): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    for (;;) {
      const at = this.#waiting.findIndex(({ key }) => this.#isFree(key));
      const next = this.#waiting[at];
      if (next === undefined) break;
      if (at === 0) this.#waiting.shift();
      else this.#waiting.splice(at, 1);
      const working = this.#begin(next.key, next.action);
      if (working === undefined) next.resolve();
      else working.then(next.resolve, next.reject);
    }
    this.#isGoingOn = false;
  }
}
