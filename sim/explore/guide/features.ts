/**
 * What a run did, as a set of numbers. Guidance compares runs by them: a run with a number that few runs have did something
 * rare. Counts are in powers of two, so that a loop is not new each time it goes round once more.
 */
import type { Crash } from '../../disk/crash-model/durability.js';
import type { LifeRecord, LifeStart } from '../../life/life-record.js';
import type { Step } from '../../life/step.js';
import { kindOf } from '../../suite/command-kind.js';
import { Hash } from '../../util/hash.js';
import { placeInRun } from '../random/place-in-run.js';

/** What a feature is about: it stands in the feature's low bits. */
const PAIR = 1;
const CALL = 2;
const MARK = 3;
const COMMAND = 4;
const COMMANDS = 5;
const EFFECTS = 6;
/** Of crashes, and of what comes after them. */
const LATER_PAIR = 7;
const LATER_CALL = 8;
const CRASH = 9;
const CRASHES = 10;
const FILE = 11;
const FILES = 12;

/** Of the 53 bits that a whole number holds exactly, those of the second lane, and of these the ones that say what it is about. */
const LOW_BITS = 21;
const ABOUT_BITS = 4;
const ABOUTS = 2 ** ABOUT_BITS;

const numberOf = (about: number, hash: Hash): number =>
  (hash.lane1 >>> 0) * 2 ** LOW_BITS + (hash.lane2 >>> (32 - LOW_BITS + ABOUT_BITS)) * ABOUTS + about;

/** How much a feature says. A call that no run made before says more than two calls in a new order. */
const WEIGHTS: Readonly<Record<number, number>> = {
  [CALL]: 16,
  [LATER_CALL]: 4,
  [MARK]: 32,
  [CRASH]: 4,
  [CRASHES]: 4,
  [FILE]: 4,
  [FILES]: 16,
};

export const aboutOf = (feature: number): number => feature % ABOUTS;

/** How much it means that a run shows this feature. */
export const weightOf = (feature: number): number => WEIGHTS[aboutOf(feature)] ?? 1;

/** By feature, where the run showed it first: see place-in-run.ts. */
export type Features = ReadonlyMap<number, number>;

type Found = Map<number, number>;

const note = (found: Found, feature: number, place: number): void => {
  if (!found.has(feature)) found.set(feature, place);
};

/** Whether a count is the first of its bucket. */
const isBucket = (count: number): boolean => (count & (count - 1)) === 0;

/** 0, 1, 2, 4, 8 … */
const bucket = (count: number): number => (count === 0 ? 0 : 1 + Math.floor(Math.log2(count)));

/** Four to each doubling: what grows step by step shows that it does. */
const sizeBucket = (size: number): number => (size < 4 ? size : Math.floor(4 * Math.log2(size)));

/** Lives from this number on count as one. */
const LIVES_APART = 3;
/** Files of a disk that count. */
const FILES_MAX = 64;
/** Numbers and random names are one name. */
const ANY_NUMBER = /[0-9a-f]{6,}|\d+/gi;

/** Reads the features of runs. It remembers hashes of names, and nothing that changes a feature. */
export class FeatureReader {
  private readonly hashes = new Map<string, number>();
  /** The first life of runs that share it. */
  private latestFirst: { readonly life: LifeRecord; readonly features: Features } | undefined;

  /** The features of one run: its lives, each but the last ended by the crash of its place. */
  of(lives: readonly LifeRecord[], crashes: readonly Crash[]): Features {
    const [first, ...later] = lives;
    const found: Found = first === undefined ? new Map() : new Map(this.ofFirst(first));
    for (const [index, life] of later.entries()) {
      this.calls(life, index + 1, found);
      this.disk(life.start, index + 1, found);
    }
    this.crashes(lives, crashes, found);
    const last = lives.at(-1);
    if (last !== undefined) this.knowledge(last, placeInRun(lives.length - 1, 0), found);
    return found;
  }

  private ofFirst(life: LifeRecord): Features {
    if (this.latestFirst?.life === life) return this.latestFirst.features;
    const found: Found = new Map();
    this.calls(life, 0, found);
    this.latestFirst = { life, features: found };
    return found;
  }

  /** The hash of a name, or of what it is without its numbers. Names are few, and replacing is slow. */
  private hash(name: string): number {
    const known = this.hashes.get(name);
    if (known !== undefined) return known;
    const hash = new Hash().text(name.replace(ANY_NUMBER, '#')).lane1;
    this.hashes.set(name, hash);
    return hash;
  }

  /** A call by its operation, its path and about what came of it. */
  private call({ operation, path, result }: Step): number {
    const outcome = typeof result === 'string' ? this.hash(result) : sizeBucket(result);
    return (Math.imul(this.hash(operation), 31) + Math.imul(this.hash(path), 17) + outcome) | 0;
  }

  /** Calls and what came of them, pairs of calls that follow each other, how often both happen, and marks. */
  private calls({ world, start }: LifeRecord, number: number, found: Found): void {
    const age = Math.min(number, LIVES_APART - 1);
    const pairs = new Map<number, number>();
    const calls = new Set<number>();
    const aboutPair = age === 0 ? PAIR : LATER_PAIR;
    let before = 0;
    let sent = start.history.commands.length;
    for (const step of world.steps) {
      if (step.operation === 'send') sent += 1;
      const call = this.call(step);
      const pair = (Math.imul(before, 0x9e3779b1) + call) | 0;
      const count = (pairs.get(pair) ?? 0) + 1;
      pairs.set(pair, count);
      const place = placeInRun(number, sent);
      if (isBucket(count))
        note(found, numberOf(aboutPair, new Hash().int(PAIR).int(age).int(pair).int(bucket(count))), place);
      if (!calls.has(call)) {
        calls.add(call);
        note(found, numberOf(CALL, new Hash().int(CALL).int(call)), place);
        if (age > 0) note(found, numberOf(LATER_CALL, new Hash().int(LATER_CALL).int(age).int(call)), place);
      }
      before = call;
    }
    for (const mark of world.marks)
      note(found, numberOf(MARK, new Hash().int(MARK).int(age).text(mark)), placeInRun(number, 0));
  }

  /** Names and about how large their files are; and which names there are together. */
  private disk({ image: { inodes }, history }: LifeStart, life: number, found: Found): void {
    const place = placeInRun(life, history.commands.length);
    let left = FILES_MAX;
    const together = new Set<number>();
    for (const inode of inodes.values()) {
      if (inode.kind !== 'directory') continue;
      for (const [name, child] of inode.entries) {
        if (left-- <= 0) return;
        const file = inodes.get(child);
        const size = file?.kind === 'file' ? sizeBucket(file.size) : -1;
        note(found, numberOf(FILE, new Hash().int(FILE).int(this.hash(name)).int(size)), place);
        together.add(this.hash(name));
      }
    }
    const all = new Hash().int(FILES);
    for (const name of [...together].sort((a, b) => a - b)) all.int(name);
    note(found, numberOf(FILES, all), place);
  }

  /** Where the power was cut, and which kinds of change were lost there; and how one crash followed another. */
  private crashes(lives: readonly LifeRecord[], crashes: readonly Crash[], found: Found): void {
    let before = 0;
    for (const [index, crash] of crashes.entries()) {
      const life = lives[index];
      if (life === undefined) return;
      const kind = this.crash(life, crash);
      const placeOfCrash = placeInRun(index + 1, 0);
      note(
        found,
        numberOf(CRASH, new Hash().int(CRASH).int(Math.min(index, LIVES_APART)).int(kind)),
        placeOfCrash,
      );
      if (index > 0)
        note(found, numberOf(CRASHES, new Hash().int(CRASHES).int(before).int(kind)), placeOfCrash);
      before = kind;
    }
  }

  private crash({ world }: LifeRecord, { at, lost, fill, isKill }: Crash): number {
    const step = world.steps.findLast(({ entriesStart }) => entriesStart < at);
    const hash = new Hash().text(isKill === true ? 'kill' : fill);
    if (step !== undefined) hash.int(this.call(step)).int(step.entriesEnd > at ? 1 : 0);
    const gone = new Set(lost);
    const kinds = new Set<string>();
    for (const entry of lost.length === 0 ? [] : world.journal.entries)
      if ('id' in entry && gone.has(entry.id)) kinds.add(entry.kind);
    for (const kind of [...kinds].sort()) hash.text(kind);
    return hash.lane1;
  }

  /** What the outside world knows in the end: how many commands of each kind ended how, which followed which, and effects. */
  private knowledge({ world }: LifeRecord, place: number, found: Found): void {
    const { commands, effectCounts, crashes } = world.history;
    const counts = new Map<string, number>();
    let before = '';
    for (const { command, outcome, attempts } of commands) {
      const kind = `${kindOf(command)} ${outcome.status}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const pair = new Hash().int(COMMAND).text(before).text(kind);
      note(found, numberOf(COMMAND, pair.int(Math.min(attempts, LIVES_APART))), place);
      before = kind;
    }
    const age = Math.min(crashes, LIVES_APART);
    for (const [kind, count] of counts)
      note(found, numberOf(COMMANDS, new Hash().int(COMMANDS).text(kind).int(bucket(count)).int(age)), place);
    const effects = effectCounts.reduce((sum, count) => sum + count, 0);
    const repeated = effectCounts.filter((count) => count > 1).length;
    note(
      found,
      numberOf(EFFECTS, new Hash().int(EFFECTS).int(bucket(effects)).int(bucket(repeated)).int(age)),
      place,
    );
  }
}
