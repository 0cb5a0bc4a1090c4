/**
 * What one life did, as plain data that crosses processes: enough to say whether the same life, begun from the same state in
 * another process, went the same way, and where it went another one.
 */
import type { DiskImage } from '../../disk/crash-model/disk-image.js';
import type { LifeRecord } from '../../life/life-record.js';
import { describeStep, type Step } from '../../life/step.js';
import { jsonIdentity } from '../../suite/history.js';
import type { Json } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';

type WitnessStep = Pick<Step, 'operation' | 'path' | 'offset' | 'length' | 'result'> & {
  /** Hash of what it wrote. */
  readonly data: number;
};

export interface Witness {
  readonly steps: readonly WitnessStep[];
  /** Names of the invariants that it broke. */
  readonly broken: readonly string[];
  /** Hash of what the outside world knew in the end, and of what the invariants said. */
  readonly outcome: string;
}

/** Steps of a longer life that are compared one by one. */
const STEPS_MAX = 2_000;

export const witnessOf = ({ world, broken }: LifeRecord): Witness => {
  const { commands, effects, effectCounts, observed } = world.history;
  const outcome = new Hash()
    .text(jsonIdentity(commands as unknown as Json)) // attempts are plain JSON data
    .text(jsonIdentity([effects, effectCounts]))
    .text(jsonIdentity(observed));
  for (const { invariant, message, moment } of broken) outcome.text(invariant).text(message).text(moment);
  const { entries } = world.journal;
  const steps = world.steps.slice(0, STEPS_MAX).map((step): WitnessStep => {
    const { operation, path, offset, length, result, entriesStart, entriesEnd } = step;
    const data = new Hash();
    for (const entry of entries.slice(entriesStart, entriesEnd))
      if (entry.kind === 'sector') data.int(entry.sector.hash1);
    return { operation, path, offset, length, result, data: data.lane1 };
  });
  return {
    steps,
    broken: [...new Set(broken.map(({ invariant }) => invariant))],
    outcome: outcome.int(world.steps.length).digest(),
  };
};

export type Comparison =
  | { readonly kind: 'same' }
  /**
   * The same calls, data, answers and checks, but for names of files that the one life made itself: a counter at module level
   * names them, as in many packages.
   */
  | { readonly kind: 'renamed' }
  | {
      readonly kind: 'different';
      /** Index of the first step that differs; undefined where only what came of it does. */
      readonly step: number | undefined;
    };

/** All names on a disk. */
const namesOn = ({ inodes }: DiskImage): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const inode of inodes.values()) {
    if (inode.kind === 'directory') for (const name of inode.entries.keys()) names.add(name);
  }
  return names;
};

/** Which names of the one life stand for which of the other. */
class Renaming {
  private readonly names = new Map<string, string>();

  /** @param found the names that the one life found on its disk: those stand for themselves */
  constructor(private readonly found: ReadonlySet<string>) {}

  get renames(): boolean {
    return this.names.size > 0;
  }

  matches(one: string, other: string): boolean {
    if (one === other) return true;
    const [left, right] = [one.split(/(\/| -> )/), other.split(/(\/| -> )/)];
    return left.length === right.length && left.every((name, index) => this.pair(name, right[index] ?? ''));
  }

  private pair(one: string, other: string): boolean {
    if (one === other) return true;
    const known = this.names.get(one);
    if (known !== undefined || this.found.has(one)) return known === other;
    this.names.set(one, other);
    return true;
  }
}

const SAME = ['operation', 'offset', 'length', 'result', 'data'] as const satisfies (keyof WitnessStep)[];

/** Compares what a life did in the exploration with what it did alone, both times on a disk with `image`. */
export const compare = (one: Witness, other: Witness, image: DiskImage): Comparison => {
  const renaming = new Renaming(namesOn(image));
  for (let index = 0; index < Math.max(one.steps.length, other.steps.length); index++) {
    const [left, right] = [one.steps[index], other.steps[index]];
    const alike =
      left !== undefined &&
      right !== undefined &&
      SAME.every((part) => left[part] === right[part]) &&
      renaming.matches(left.path, right.path);
    if (!alike) return { kind: 'different', step: index };
  }
  if (one.outcome !== other.outcome) return { kind: 'different', step: undefined };
  return { kind: renaming.renames ? 'renamed' : 'same' };
};

/** A step in words; of one that never came: that nothing happened any more. */
export const stepTold = (step: WitnessStep | undefined): string =>
  step === undefined
    ? 'nothing any more'
    : `'${describeStep({ ...step, entriesStart: 0, entriesEnd: 0 }, [])}'`;
