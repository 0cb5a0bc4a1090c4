/**
 * A life without the simulator, written by hand: the program boots, settles and is checked; the client asks again for
 * what it has no answer to and goes on; and all is checked once more. The same steps as the explorer's lives take.
 */
import type {
  Attempted,
  CheckMoment,
  History,
  Json,
  SimulatedEnvironment,
  Suite,
} from '../../sim/suite/suite.js';
import type { FileSystem } from '../../src/environment.js';
import { jumpingClock } from '../../src/testing/test-environment.js';

/** What the outside world knows, kept from life to life. */
export class Notes {
  commands: Attempted<Json, Json>[] = [];
  effects: Json[] = [];
  effectCounts: number[] = [];
  observed: Json | undefined;
  crashes = 0;
  /** Told of each change of what is known of a command, and of each effect. */
  onCommand: (heard: Attempted<Json, Json>) => void = () => {};
  onEffect: (effect: Json) => void = () => {};

  copy(): Notes {
    const notes = new Notes();
    notes.commands = [...this.commands];
    notes.effects = [...this.effects];
    notes.effectCounts = [...this.effectCounts];
    notes.observed = this.observed;
    notes.crashes = this.crashes;
    return notes;
  }

  seen(): History<Json, Json, Json, Json> {
    return { ...this.copy() };
  }

  effect(effect: Json): void {
    this.onEffect(effect);
    const text = JSON.stringify(effect);
    const known = this.effects.findIndex((other) => JSON.stringify(other) === text);
    if (known >= 0) this.effectCounts[known] = (this.effectCounts[known] ?? 0) + 1;
    else {
      this.effects.push(effect);
      this.effectCounts.push(1);
    }
  }
}

const environment = (fs: FileSystem, notes: Notes): SimulatedEnvironment => {
  let drawn = notes.crashes * 1_000_000;
  const uint32 = (): number => drawn++;
  return {
    fs,
    clock: jumpingClock(),
    random: { uint32, uuid: () => `00000000-0000-4000-8000-${uint32().toString(16).padStart(12, '0')}` },
    mark: () => {},
    outside: (effect) => notes.effect(structuredClone(effect)),
  };
};

const perform = async (suite: Suite, system: unknown, command: Json, index: number, notes: Notes) => {
  const attempts = (notes.commands.find((entry) => entry.index === index)?.attempts ?? 0) + 1;
  const note = (outcome: Attempted<Json, Json>['outcome']): void => {
    const place = notes.commands.findIndex((entry) => entry.index === index);
    const heard = { index, command, outcome, attempts };
    notes.commands[place >= 0 ? place : notes.commands.length] = heard;
    notes.onCommand(heard);
  };
  note({ status: 'unknown' });
  try {
    const result = (await suite.perform(system, command, { index, attempt: attempts })) as Json; // as suites promise
    note({ status: 'acknowledged', result });
  } catch (error) {
    const {
      name = 'Error',
      message = '',
      code = '',
    } = error as { name?: string; message?: string; code?: string };
    note({ status: 'rejected', error: { name, code, message } });
  }
};

const check = async (suite: Suite, system: unknown, notes: Notes, moment: CheckMoment): Promise<void> => {
  const history = notes.seen();
  for (const { name, check } of suite.invariants) {
    const wrong = await check(history, system, moment);
    if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
  }
};

const observe = async (suite: Suite, system: unknown, notes: Notes): Promise<void> => {
  const seen = await suite.observe?.(system);
  if (seen !== undefined) notes.observed = JSON.parse(JSON.stringify(seen)) as Json; // printed from JSON just now
};

/** The life before the first crash. */
export const firstLife = async (suite: Suite, fs: FileSystem, workload: readonly Json[], notes: Notes) => {
  const system = await suite.boot(environment(fs, notes));
  for (const [index, command] of workload.entries()) await perform(suite, system, command, index, notes);
  await suite.settle?.(system);
};

export interface Recovery {
  readonly workload: readonly Json[];
  /** Further commands that the client sends, beyond those that it repeats. */
  readonly commandsAfterCrash: number;
}

/** A life after a crash; resolves to the program, which still runs. @throws Error naming what does not hold */
export const recover = async (
  suite: Suite,
  fs: FileSystem,
  notes: Notes,
  { workload, commandsAfterCrash }: Recovery,
): Promise<unknown> => {
  const system = await suite.boot(environment(fs, notes));
  await suite.settle?.(system);
  await check(suite, system, notes, 'recovered');
  await observe(suite, system, notes);
  const unanswered = notes.commands.filter(({ outcome }) => outcome.status === 'unknown');
  const next = notes.commands.length;
  for (const { index, command } of unanswered) await perform(suite, system, command, index, notes);
  for (const [offset, command] of workload.slice(next, next + commandsAfterCrash).entries())
    await perform(suite, system, command, next + offset, notes);
  await suite.settle?.(system);
  await check(suite, system, notes, 'lived-on');
  await observe(suite, system, notes);
  return system;
};
