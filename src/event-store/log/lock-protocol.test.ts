/**
 * The lock's protocol among several processes that take turns in every order. Each may be killed between any two of its
 * calls. The directory is a model: a list of entries, and of the processes that are alive.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Environment, FileSystem, Locks } from '../../environment.js';
import { newLockName } from '../../locks/names.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';

/** Picks one of `count` ways to go on, from 0. */
type Choose = (count: number) => number;

interface Opener {
  readonly id: number;
  outcome: 'opening' | 'holds' | 'refused' | 'killed' | 'released';
  lock?: DirectoryLock;
}

/** What may be wrong with a system, to see that the test notices. */
type Fault = 'none' | 'live ones found dead' | 'entries show late' | 'no entries';

interface Step {
  readonly opener: Opener;
  readonly go: () => void;
}

class Model {
  readonly #choose: Choose;
  readonly #fault: Fault;
  readonly entries = new Map<string, Opener>();
  readonly openers: Opener[] = [];
  #ready: Step[] = [];
  #asleep: Step[] = [];
  #draws = 0;
  #nowMs = 1_700_000_000_000;

  constructor(choose: Choose, fault: Fault) {
    this.#choose = choose;
    this.#fault = fault;
  }

  open(): Opener {
    const opener: Opener = { id: this.openers.length + 1, outcome: 'opening' };
    this.openers.push(opener);
    lockDirectory(this.#environmentOf(opener), '/d').then(
      (lock) => Object.assign(opener, { outcome: 'holds', lock }),
      () => Object.assign(opener, { outcome: 'refused' }),
    );
    return opener;
  }

  kill(opener: Opener): void {
    opener.outcome = 'killed';
    this.#ready = this.#ready.filter((step) => step.opener !== opener);
    this.#asleep = this.#asleep.filter((step) => step.opener !== opener);
  }

  get holders(): number {
    return this.openers.filter(({ outcome }) => outcome === 'holds').length;
  }

  /** Continues until no process has anything to do. Time passes only while all wait. Kills at most `kills` processes. */
  async run(kills: number): Promise<void> {
    let left = kills;
    for (;;) {
      await settled();
      // Not `expect`: this runs at each of some 100,000 steps.
      if (this.holders > 1) throw new Error(`${this.holders} processes have the lock`);
      if (this.#ready.length === 0) {
        if (this.#asleep.length === 0) return;
        this.#ready = this.#asleep.splice(0);
        this.#nowMs += 10;
      }
      const ways = this.#ready.length;
      const choice = this.#choose(left > 0 ? 2 * ways : ways);
      const step = this.#ready[choice % ways];
      if (step === undefined) throw new Error('there is no such way');
      if (choice >= ways) {
        left--;
        this.kill(step.opener);
        continue;
      }
      this.#ready.splice(choice % ways, 1);
      step.go();
    }
  }

  #step(opener: Opener): Promise<void> {
    return new Promise((go) => void this.#ready.push({ opener, go }));
  }

  #environmentOf(opener: Opener): Environment {
    const rest = { random: { uint32: () => this.#draws++, uuid: () => '' }, mark: () => {} };
    const clock = {
      now: () => this.#nowMs,
      schedule: (_: number, go: () => void) => {
        this.#asleep.push({ opener, go });
        return () => {};
      },
    };
    // The part of a file system that the lock uses.
    const fs = {
      mkdir: async () => {},
      readdir: () => this.#list(opener),
      rm: async (path: string) => {
        await this.#step(opener);
        this.entries.delete(path.slice('/d/'.length));
      },
    } as unknown as FileSystem;
    return { fs, clock, locks: this.#locksOf(opener), ...rest };
  }

  #locksOf(opener: Opener): Locks {
    return {
      announce: async () => {
        await this.#step(opener);
        const name = newLockName('socket', String(opener.id), this.#nowMs, this.#draws++);
        if (this.#fault === 'entries show late')
          void this.#step(opener).then(() => this.entries.set(name, opener));
        else if (this.#fault !== 'no entries') this.entries.set(name, opener);
        return {
          name: this.#fault === 'none' || this.#fault === 'live ones found dead' ? name : undefined,
          check: () => {},
          onLost: () => {},
          withdraw: async () => {
            await this.#step(opener);
            this.entries.delete(name);
          },
        };
      },
      presenceOf: async (_, name) => {
        await this.#step(opener);
        const owner = this.entries.get(name);
        const isThere = owner !== undefined && owner.outcome !== 'killed';
        return { state: isThere && this.#fault !== 'live ones found dead' ? 'alive' : 'dead' };
      },
    };
  }

  /** What comes or goes while a directory is read may be in the list or not. */
  async #list(opener: Opener): Promise<string[]> {
    await this.#step(opener);
    const before = new Set(this.entries.keys());
    await this.#step(opener);
    const after = new Set(this.entries.keys());
    return [...new Set([...before, ...after])].filter(
      (name) =>
        (before.has(name) && after.has(name)) || name.includes(`-${opener.id}.`) || this.#choose(2) === 0,
    );
  }
}

/** After all that waits for promises alone has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls `play` with every sequence of choices: an odometer whose digits are found out as it turns. */
const everyChoice = async (play: (choose: Choose) => Promise<void>): Promise<number> => {
  const digits: { at: number; readonly of: number }[] = [];
  for (let plays = 1; ; plays++) {
    let next = 0;
    await play((of) => {
      if (next === digits.length) digits.push({ at: 0, of });
      return digits[next++]?.at ?? 0;
    });
    while ((digits.at(-1)?.at ?? 0) + 1 === (digits.at(-1)?.of ?? 0)) digits.pop();
    const last = digits.at(-1);
    if (last === undefined) return plays;
    last.at++;
  }
};

/** The choices of a list, and then the first of all that there are. */
const listed = (choices: readonly number[]): Choose => {
  let next = 0;
  return (count) => (choices[next++] ?? 0) % count;
};

const race = async (choose: Choose, rivals: number, kills: number, fault: Fault = 'none'): Promise<Model> => {
  const model = new Model(choose, fault);
  for (let rival = 0; rival < rivals; rival++) model.open();
  await model.run(kills);
  return model;
};

/** A process that comes when all others are idle gets the lock if it is free, and is refused otherwise. */
const checkNext = async (model: Model): Promise<void> => {
  const held = model.holders === 1;
  const next = model.open();
  await model.run(0);
  expect(next.outcome).toBe(held ? 'refused' : 'holds');
};

test('lockDirectory: of two processes that come at once one gets the lock, in every order of their calls', async () => {
  const plays = await everyChoice(async (choose) => {
    const model = await race(choose, 2, 0);
    expect(model.holders).toBe(1);
    await checkNext(model);
  });
  expect(plays).toBeGreaterThan(100);
}, 60_000);

test('lockDirectory: of two processes one of which may be killed at any call, never both have the lock', async () => {
  const plays = await everyChoice(async (choose) => {
    const model = await race(choose, 2, 1);
    for (const opener of model.openers) if (opener.outcome === 'holds') model.kill(opener);
    await checkNext(model);
  });
  expect(plays).toBeGreaterThan(500);
}, 60_000);

test('lockDirectory: several processes, any of which may be killed, never have the lock at the same time', async () => {
  const choices = fc.array(fc.nat(59), { maxLength: 80, size: 'max' });
  await fc.assert(
    fc.asyncProperty(choices, fc.integer({ min: 2, max: 5 }), fc.nat(3), async (list, rivals, kills) => {
      const choose = listed(list);
      const model = await race(choose, rivals, kills);
      // A holder that is killed: its entry stays, and several come at once to take over.
      for (const opener of model.openers) if (opener.outcome === 'holds') model.kill(opener);
      model.open();
      model.open();
      await model.run(kills);
      await checkNext(model);
    }),
    { seed: 15, numRuns: 300 },
  );
}, 60_000);

test.each(['live ones found dead', 'entries show late', 'no entries'] as const)(
  'lockDirectory: a system on which %s is found out',
  async (fault) => {
    const playing = everyChoice(async (choose) => void (await race(choose, 2, 0, fault)));
    await expect(playing).rejects.toThrow('2 processes have the lock');
  },
);
