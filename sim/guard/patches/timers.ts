/** The timers: `setTimeout`, `setInterval`, `setImmediate` and their clearing, global and from `node:timers`. */
import timers from 'node:timers';
import { active } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { type Callable, imitate, put } from '../patch.js';

const DELAY_MAX_MS = 2 ** 31 - 1;

/** As Node coerces a delay: whole milliseconds, and 1 for whatever is no delay at all. */
const coerce = (delay: unknown): number => {
  const milliseconds = Math.trunc(Number(delay));
  return milliseconds >= 1 && milliseconds <= DELAY_MAX_MS ? milliseconds : 1;
};

/** The timers of a life by the number a program may have turned one into; a number for those that were. */
interface Numbers {
  last: number;
  readonly timers: Map<number, SimulatedTimer>;
}
const numbersOf = new WeakMap<GuardedLife, Numbers>();

/** What a program holds of a timer: Node's `Timeout` and `Immediate`, on simulated time. */
class SimulatedTimer {
  readonly #life: GuardedLife;
  readonly #delayMs: number;
  readonly #repeats: boolean;
  readonly #run: () => void;
  #cancel: (() => void) | undefined;
  #number: number | undefined;
  #keepsAlive = true;

  constructor(life: GuardedLife, delayMs: number, repeats: boolean, run: () => void) {
    this.#life = life;
    this.#delayMs = delayMs;
    this.#repeats = repeats;
    this.#run = run;
    this.#start();
  }

  #start(): void {
    this.#cancel = this.#life.schedule(this.#delayMs, () => {
      this.#cancel = undefined;
      // Started again before it runs, so that the callback can clear it.
      if (this.#repeats) this.#start();
      this.#run();
    });
  }

  close(): this {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#number !== undefined) numbersOf.get(this.#life)?.timers.delete(this.#number);
    return this;
  }

  refresh(): this {
    this.#cancel?.();
    this.#start();
    return this;
  }

  ref(): this {
    this.#keepsAlive = true;
    return this;
  }

  unref(): this {
    this.#keepsAlive = false;
    return this;
  }

  hasRef(): boolean {
    return this.#keepsAlive;
  }

  [Symbol.toPrimitive](): number {
    if (this.#number === undefined) {
      const numbers = numbersOf.get(this.#life) ?? { last: 0, timers: new Map() };
      numbersOf.set(this.#life, numbers);
      numbers.last += 1;
      this.#number = numbers.last;
      numbers.timers.set(this.#number, this);
    }
    return this.#number;
  }

  // Node 20 has the method and ES2022 has not the symbol: present wherever the runtime knows it.
  static {
    const dispose: unknown = Reflect.get(Symbol, 'dispose');
    if (typeof dispose === 'symbol') put(SimulatedTimer.prototype, dispose, SimulatedTimer.prototype.close);
  }
}

const numbered = (life: GuardedLife, handle: unknown): SimulatedTimer | undefined => {
  if (typeof handle !== 'number' && typeof handle !== 'string') return undefined;
  return numbersOf.get(life)?.timers.get(Number(handle));
};

interface Kind {
  readonly delayed: boolean;
  readonly repeats: boolean;
}

const start =
  (real: Callable, { delayed, repeats }: Kind): Callable =>
  (callback, ...rest) => {
    const { life } = active;
    // What is not a function is refused by the real one, in its own words.
    if (life === undefined || typeof callback !== 'function') return real(callback, ...rest);
    const run = callback as Callable; // a function: whatever its parameters are, they are given below
    const args = delayed ? rest.slice(1) : rest;
    return new SimulatedTimer(life, delayed ? coerce(rest[0]) : 0, repeats, () => run(...args));
  };

const clear =
  (real: Callable): Callable =>
  (handle) => {
    if (handle instanceof SimulatedTimer) return void handle.close();
    // A number means a simulated timer inside a life, and a real one outside of it.
    if (active.life !== undefined) return void numbered(active.life, handle)?.close();
    return real(handle);
  };

/** Serves every timer from the life's `schedule()`: callbacks run when simulated time gets there, and never wait. */
export const patchTimers = (): void => {
  const patches: readonly (readonly [string, (real: Callable) => Callable])[] = [
    ['setTimeout', (real) => start(real, { delayed: true, repeats: false })],
    ['setInterval', (real) => start(real, { delayed: true, repeats: true })],
    ['setImmediate', (real) => start(real, { delayed: false, repeats: false })],
    ['clearTimeout', clear],
    ['clearInterval', clear],
    ['clearImmediate', clear],
  ];
  for (const [name, patch] of patches) {
    const real = Reflect.get(timers, name) as Callable; // a function of node:timers, called as it is called there
    const patched = imitate(real, patch(real));
    put(timers, name, patched);
    put(globalThis, name, patched);
  }
};
