/**
 * Holds the images that the explorer goes through against the brute-force reference, both ways: over one program, over a
 * second one after a process kill, and over a second one after a power cut. For tests.
 */
import * as fc from 'fast-check';
import { crashStates } from '../disk/crash-model/crash-states.js';
import { type DiskImage, ROOT_INO } from '../disk/crash-model/disk-image.js';
import { type DiskModel, diskModel } from '../disk/crash-model/disk-models.js';
import type { CrashState, StartState } from '../disk/crash-model/durability.js';
import { EMPTY_HISTORY } from '../suite/history.js';
import { type DiskCall, diskPrograms, runProgram, USED_DISK } from './disk-programs.js';
import { type Disk, ReferenceDisk, textOf } from './reference.js';

const BUDGET = 1 << 20;
/** Changes that are not durable, beyond which a program is passed over: each doubles the subsets. */
const CHANGES_MAX = 9;

const diskOf = (image: DiskImage): Disk => {
  const disk: Disk = { files: new Map(), names: new Map() };
  const walk = (ino: number, path: string): void => {
    const inode = image.inodes.get(ino);
    if (inode?.kind === 'directory')
      for (const [name, child] of inode.entries) walk(child, `${path}/${name}`);
    if (inode?.kind !== 'file') return;
    const cells = inode.sectors.map((sector) => (sector.isHole ? undefined : sector.bytes));
    disk.files.set(ino, { size: inode.size, mode: inode.mode, cells });
    disk.names.set(path, ino);
  };
  walk(ROOT_INO, '');
  return disk;
};

interface Explored {
  readonly images: Set<string>;
  readonly states: readonly CrashState[];
  readonly killed: CrashState | undefined;
}

/** What the explorer goes through. @param onlyCarried as where it cuts a known life once more */
const exploredBy = (
  start: StartState,
  program: readonly DiskCall[],
  model: DiskModel,
  onlyCarried = false,
): Explored => {
  // After a kill the program sees what a power cut need not leave.
  const images = new Set(start.carried === undefined ? [textOf(diskOf(start.image))] : []);
  const states: CrashState[] = [];
  let killed: CrashState | undefined;
  const options = { model, budget: BUDGET, seed: 'reference', kills: true, onlyCarried };
  for (const place of crashStates(start, runProgram(start.image, program), options)) {
    for (const state of place.states) images.add(textOf(diskOf(state.image)));
    states.push(...place.states);
    killed = place.killed ?? killed;
  }
  return { images, states, killed };
};

const difference = (
  explored: ReadonlySet<string>,
  legal: ReadonlySet<string>,
  when: string,
): string | undefined => {
  const missing = [...legal].filter((image) => !explored.has(image));
  const extra = [...explored].filter((image) => !legal.has(image));
  if (missing.length + extra.length === 0) return undefined;
  return `${when}: ${missing.length} legal images are not explored, ${extra.length} explored ones are not legal, such as ${JSON.stringify((missing[0] ?? extra[0] ?? '').slice(0, 300))}`;
};

interface ReferenceInput {
  readonly first: readonly DiskCall[];
  readonly second: readonly DiskCall[];
  readonly choice: number;
}

const referenceInputs: fc.Arbitrary<ReferenceInput> = fc.record({
  first: diskPrograms(4),
  second: diskPrograms(3),
  choice: fc.nat(),
});

const passed = (disk: ReferenceDisk, program: readonly DiskCall[]): boolean => {
  for (const [number, call] of program.entries()) {
    disk.perform(call, number);
    if (!disk.isSmall) return false;
  }
  return true;
};

/** How the two differ under a model: a sentence; undefined: not at all; 'too long': not compared. */
const compareWithReference = (
  { first, second, choice }: ReferenceInput,
  model: DiskModel,
): string | undefined | 'too long' => {
  const start = { image: USED_DISK, history: EMPTY_HISTORY };
  const reference = new ReferenceDisk(diskOf(USED_DISK), model.name, CHANGES_MAX);
  if (!passed(reference, first)) return 'too long';
  const one = exploredBy(start, first, model);
  const differs = difference(one.images, reference.images, 'in the first life');
  if (differs !== undefined) return differs;
  const cut = one.states[choice % Math.max(1, one.states.length)];
  if (cut !== undefined) {
    const next = new ReferenceDisk(diskOf(cut.image), model.name, CHANGES_MAX);
    if (!passed(next, second)) return 'too long';
    const after = difference(exploredBy(cut, second, model).images, next.images, 'after a power cut');
    if (after !== undefined) return after;
  }
  const last = exploredBy(start, first, model).killed;
  // A kill after the last change only: what has been synced since is the same to both.
  if (last === undefined || first.some(({ call }) => call.startsWith('f'))) return undefined;
  if (!passed(reference, second)) return 'too long';
  const { images } = exploredBy(last, second, model);
  return difference(new Set([...one.images, ...images]), reference.images, 'after a process kill');
};

interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

/** Compares a number of random programs, each under one model after the other. */
export const compareMany = (
  names: readonly string[],
  programs: number,
  seed: number,
  onProgram: (done: number) => void = () => undefined,
): Comparison => {
  const models = names.map((name) => diskModel(name));
  const differences: string[] = [];
  let compared = 0;
  let done = 0;
  for (const input of fc.sample(referenceInputs, { seed, numRuns: programs })) {
    for (const model of models) {
      const result = compareWithReference(input, model);
      if (result === 'too long') continue;
      compared += 1;
      if (result !== undefined) differences.push(`${model.name}, ${result}\n${JSON.stringify(input)}`);
    }
    onProgram(++done);
  }
  return { compared, differences };
};
