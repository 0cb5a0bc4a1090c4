/**
 * Several processes in one simulated world, each with an environment of its own. Any of them may be killed. A killed
 * process makes no further call and gets no answer. Calls that it has made go on to their end, as they do in a kernel; it
 * counts as dead when they are over.
 */
import type { SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { Environment, FileSystem } from '../../src/environment.js';

type FileHandle = Awaited<ReturnType<FileSystem['open']>>;

export interface SimulatedProcess {
  readonly env: Environment;
  readonly isAlive: boolean;
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
  kill(): Promise<void>;
}

const never = (): Promise<never> => new Promise(() => {});

type Call = (...values: unknown[]) => unknown;

class Process implements SimulatedProcess {
  readonly env: Environment;
  readonly killed: Promise<void>;
  #isAlive = true;
  #mayCall = true;
  #underWay = 0;
  #tellKilled: () => void = () => {};
  #tellQuiet: (() => void) | undefined;

  constructor(env: SimulatedEnvironment, self: string, isAlive: (name: string) => boolean) {
    this.killed = new Promise((resolve) => {
      this.#tellKilled = resolve;
    });
    const { fs, writeThrough, clock, random } = env;
    this.env = {
      fs: this.#guarded(fs),
      ...(writeThrough && { writeThrough }),
      clock,
      random,
      processes: { self, isAlive },
      mark: (name) => env.mark(name),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  async kill(): Promise<void> {
    if (this.#mayCall) {
      this.#mayCall = false;
      if (this.#underWay > 0) {
        await new Promise<void>((resolve) => {
          this.#tellQuiet = resolve;
        });
      }
      this.#isAlive = false;
      this.#tellKilled();
    }
    await this.killed;
  }

  /** Every method of a file system or handle, as long as the process may call it. */
  #guarded<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (own, name) => {
        const value: unknown = Reflect.get(own, name);
        if (typeof value !== 'function') return value;
        const call: Call = value.bind(own);
        return (...values: unknown[]) => this.#call(() => call(...values));
      },
    });
  }

  async #call(act: () => unknown): Promise<unknown> {
    if (!this.#mayCall) return never();
    this.#underWay++;
    try {
      const result = await act();
      if (!this.#mayCall) return never();
      return isHandle(result) ? this.#guarded(result) : result;
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#tellQuiet?.();
    }
  }
}

const isHandle = (value: unknown): value is FileHandle =>
  typeof value === 'object' && value !== null && 'fd' in value && 'close' in value;

export class Machine {
  /** How many openings have begun. */
  begun = 0;
  readonly #env: SimulatedEnvironment;
  /** Tells the processes of this life from those of earlier ones. */
  readonly #bootId: string;
  readonly #processes = new Map<string, Process>();
  #started = 0;

  constructor(env: SimulatedEnvironment) {
    this.#env = env;
    this.#bootId = env.random.uint32().toString(36);
  }

  /** Starts process `number`, under a name that no other has or had. */
  start(number: number): SimulatedProcess {
    this.#started++;
    const name = `${number}-${this.#started}-${this.#bootId}`;
    const process = new Process(this.#env, name, (other) => this.#processes.get(other)?.isAlive === true);
    this.#processes.set(name, process);
    return process;
  }
}
