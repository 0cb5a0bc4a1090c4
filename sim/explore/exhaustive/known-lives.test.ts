import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crashStates } from '../../disk/crash-model/crash-states.js';
import type { DiskImage } from '../../disk/crash-model/disk-image.js';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { type ImageReads, ReadRecorder } from '../../disk/crash-model/image-reads.js';
import { Journal, type JournalEntry } from '../../disk/crash-model/journal.js';
import { Kernel } from '../../disk/kernel/kernel.js';
import { nodeCalls } from '../../disk/node-fs/fs-sync-calls.js';
import { EMPTY_HISTORY } from '../../suite/history.js';
import {
  type DiskCall,
  diskPrograms,
  performCall,
  runProgram,
  USED_DISK,
} from '../../testing/disk-programs.js';
import { errorCode } from '../../util/errors.js';
import { KnownLives, movedTo } from './known-lives.js';

/** `npm run test:differential` runs more. */
const PROGRAMS = Number(process.env.POWERCUT_PROGRAMS ?? 80);

/** What a program learns: each tells it something of the disk. */
type Question =
  | { readonly ask: 'bytes'; readonly path: string; readonly at: number; readonly length: number }
  | { readonly ask: 'stat' | 'names' | 'whether it can be run'; readonly path: string };

type Action = DiskCall | Question;

const path = fc.constantFrom('/a', '/b', '/d/a');
const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({
    ask: fc.constant('bytes' as const),
    path,
    at: fc.constantFrom(0, 100, 511, 700),
    length: fc.constantFrom(1, 20, 600),
  }),
  fc.record({ ask: fc.constantFrom('stat', 'whether it can be run'), path }),
  fc.record({ ask: fc.constant('names' as const), path: fc.constantFrom('/', '/d') }),
);

const lives: fc.Arbitrary<readonly Action[]> = fc
  .array(fc.oneof(question, diskPrograms(1)), { minLength: 1, maxLength: 6, size: 'max' })
  .map((actions) => actions.flat());

interface Life {
  readonly image: DiskImage;
  readonly learnt: readonly unknown[];
  readonly entries: readonly JournalEntry[];
  readonly replacesZeros: boolean;
  readonly reads: ImageReads;
}

const answer = (kernel: Kernel, question: Question): unknown => {
  const calls = nodeCalls(kernel);
  switch (question.ask) {
    case 'bytes': {
      const fd = kernel.open(question.path, 0, 0);
      const bytes = Buffer.alloc(question.length);
      const length = kernel.read(fd, bytes, 0, bytes.length, question.at);
      kernel.close(fd);
      return bytes.toString('hex', 0, length);
    }
    case 'stat': {
      const { size, mode, nlink } = calls.stat(question.path);
      return { size, mode, nlink };
    }
    case 'names':
      return calls.readdir(question.path);
    case 'whether it can be run':
      return calls.access(question.path, 1);
    default:
      return question satisfies never;
  }
};

const live = (image: DiskImage, actions: readonly Action[]): Life => {
  const kernel = new Kernel(image, () => 0);
  const journal = new Journal();
  const recorder = new ReadRecorder(image, 1);
  kernel.attach(journal, recorder);
  const learnt = actions.map((action, number) => {
    try {
      return 'ask' in action ? answer(kernel, action) : performCall(kernel, action, number);
    } catch (error) {
      return errorCode(error) ?? error;
    }
  });
  const { entries, replacesZeros } = journal;
  return { image, learnt, entries, replacesZeros, reads: recorder.reads };
};

/** A journal as text, without the bytes. */
const textOf = (entries: readonly JournalEntry[]): string =>
  JSON.stringify(entries, (key, value: unknown) =>
    key === 'bytes' || key === 'written' ? undefined : value,
  );

const imagesAfter = (program: readonly DiskCall[]): readonly DiskImage[] => {
  const start = { image: USED_DISK, history: EMPTY_HISTORY };
  const options = { model: diskModel('posix-worst'), budget: 64, seed: 'images' };
  return [...crashStates(start, runProgram(USED_DISK, program), options)].flatMap(({ states }) =>
    states.map(({ image }) => image),
  );
};

describe('KnownLives: find', () => {
  it('returns a life only where the program would learn and write the same', () => {
    let lived = 0;
    let known = 0;
    fc.assert(
      fc.property(diskPrograms(6), lives, (program, actions) => {
        const tree = new KnownLives();
        const byKey = new Map<string, Life>();
        for (const image of imagesAfter(program)) {
          const own = live(image, actions);
          const same = tree.find('history', image, 1);
          if (same === undefined) {
            const key = String(byKey.size);
            byKey.set(key, own);
            tree.add('history', image, { key, reads: own.reads, entries: own.entries, broken: [] }, 1);
            lived += 1;
            continue;
          }
          known += 1;
          const first = byKey.get(same.life.key);
          // `expect` only where it fails: this runs for some 10,000 images.
          if (!isDeepStrictEqual(own.learnt, first?.learnt)) expect(own.learnt).toEqual(first?.learnt);
          const again = movedTo(image, same.life.entries ?? [], same);
          const [said, wrote] = [textOf(again.entries), textOf(own.entries)];
          if (said !== wrote) expect(said).toBe(wrote);
          if (again.replacesZeros !== own.replacesZeros) expect(again.replacesZeros).toBe(own.replacesZeros);
        }
      }),
      { numRuns: PROGRAMS, seed: 11 },
    );
    expect(known).toBeGreaterThan(5 * lived);
  });

  it('knows no life of another history, nor one that drew random numbers at another depth', () => {
    const tree = new KnownLives();
    const recorder = new ReadRecorder(USED_DISK, 1);
    recorder.random();
    const lived = { key: 'life', reads: recorder.reads, entries: [], broken: [] };
    const life = tree.add('history', USED_DISK, lived, 1);
    expect(tree.find('history', USED_DISK, 1)?.life).toBe(life);
    expect(tree.find('history', USED_DISK, 2)).toBeUndefined();
    expect(tree.find('another', USED_DISK, 1)).toBeUndefined();
  });
});
