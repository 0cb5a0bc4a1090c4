/**
 * An environment for the unit tests of `src`: a disk in memory, a clock that jumps to the next timer as soon as
 * nothing else is to be done, randomness that counts. No power cuts: those are the simulator's.
 */
import { createFsFromVolume, Volume } from 'memfs';
import { type Cancel, type Clock, type Environment, type FileSystem, sleep } from '../environment.js';
import { realEnvironment } from '../real-environment.js';

const { clock: realClock } = realEnvironment();
/** After everything that waits for promises alone has gone on. */
const soon = (callback: () => void): Cancel => realClock.schedule(0, callback);

export interface TestEnvironment extends Environment {
  /** The marks that were reached, in order. */
  readonly marks: readonly string[];
  /** A new life on the same disk. */
  reboot(): TestEnvironment;
}

export const testEnvironment = (volume: Volume = new Volume(), firstDraw = 0): TestEnvironment => {
  const marks: string[] = [];
  let drawn = firstDraw;
  const uint32 = (): number => drawn++;
  return {
    // memfs follows node:fs/promises; its types differ in overloads that the store does not use.
    fs: createFsFromVolume(volume).promises as unknown as FileSystem,
    clock: jumpingClock(),
    random: { uint32, uuid: () => `00000000-0000-4000-8000-${uint32().toString(16).padStart(12, '0')}` },
    mark: (name) => marks.push(name),
    marks,
    reboot: () => testEnvironment(volume, drawn),
  };
};

/** A clock whose timers fire in order, each as soon as the event loop has come round. */
export const jumpingClock = (startMs = 0): Clock => {
  const timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  let nowMs = startMs;
  const fireNext = (): void => {
    const next = timers.shift();
    if (next === undefined) return;
    nowMs = next.atMs;
    next.callback();
    if (timers.length > 0) soon(fireNext);
  };
  return {
    now: () => nowMs,
    schedule: (delayMs, callback): Cancel => {
      const timer = { atMs: nowMs + delayMs, callback };
      const later = timers.findIndex((other) => other.atMs > timer.atMs);
      timers.splice(later === -1 ? timers.length : later, 0, timer);
      if (timers.length === 1) soon(fireNext);
      return () => {
        const index = timers.indexOf(timer);
        if (index !== -1) timers.splice(index, 1);
      };
    },
  };
};

/** Lets everything that waits for no timer go on. */
export const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await sleep(realClock, 0);
};

/** A promise and its resolution. */
export const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};
