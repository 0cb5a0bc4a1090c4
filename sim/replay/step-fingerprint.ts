/**
 * A run's steps, one byte each: so little that a token can carry them, and enough to name the first step that a later
 * play of it takes differently. Each byte is of all steps up to there, so one that is alike by chance (1 in 256) only
 * makes the next one be named.
 */
import { Buffer } from 'node:buffer';
import type { Crash } from '../disk/crash-model/durability.js';
import type { LifeRecord } from '../life/life-record.js';
import type { Step } from '../life/step.js';
import { Hash, scramble } from '../util/hash.js';

/** Of a longer run the first ones: failures are shrunk, and tokens are pasted into chats. */
const STEPS_MAX = 256;

/** The steps of a life up to the crash that ends it. */
export const stepsUntil = ({ world }: LifeRecord, crash: Crash | undefined): readonly Step[] => {
  if (crash === undefined) return world.steps;
  const end = world.steps.findIndex(
    // A step that began right where the power failed never happened.
    ({ entriesStart, entriesEnd }) =>
      entriesStart > crash.at || (entriesStart === crash.at && entriesEnd > entriesStart),
  );
  return end === -1 ? world.steps : world.steps.slice(0, end);
};

const take = (hash: Hash, { world }: LifeRecord, step: Step, end: number): void => {
  hash.text(step.operation).text(step.path).int(step.offset).int(step.length).text(String(step.result));
  for (const entry of world.journal.entries.slice(step.entriesStart, Math.min(step.entriesEnd, end))) {
    if (entry.kind === 'sector') hash.int(entry.sector.hash1);
  }
};

export const fingerprintOf = (lives: readonly LifeRecord[], crashes: readonly Crash[]): string => {
  const hash = new Hash();
  const bytes: number[] = [];
  for (const [number, life] of lives.entries()) {
    const crash = crashes[number];
    for (const step of stepsUntil(life, crash)) {
      if (bytes.length === STEPS_MAX) break;
      take(hash.int(number), life, step, crash?.at ?? Number.POSITIVE_INFINITY);
      bytes.push(scramble(hash.lane1) & 0xff);
    }
  }
  return Buffer.from(bytes).toString('base64url');
};

/** Which step, counted from 1 over all lives, is the first that differs; undefined where those that are known are alike. */
export const firstDifferentStep = (then: string, now: string): number | undefined => {
  const [before, after] = [Buffer.from(then, 'base64url'), Buffer.from(now, 'base64url')];
  const common = Math.min(before.length, after.length);
  for (let index = 0; index < common; index++) if (before[index] !== after[index]) return index + 1;
  return before.length === after.length ? undefined : common + 1;
};
