/** The simulated disk against the real one: the same random programs, and not one answer may differ. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eager } from '../../scheduler/scheduler.js';
import { VirtualClock } from '../../scheduler/virtual-clock.js';
import { differenceOnPurpose } from '../../testing/differential/differences.js';
import { Machine } from '../../testing/differential/machine.js';
import { type Operation, operation } from '../../testing/differential/operation.js';
import { EMPTY_IMAGE } from '../crash-model/disk-image.js';
import { Kernel } from '../kernel/kernel.js';
import { ObservedCalls } from '../kernel/observed-calls.js';
import { createFileSystem } from './fs-promises.js';
import { createNodeFs } from './node-fs.js';

/** `npm run test:differential` asks for more. */
const OPERATIONS = Number(process.env.POWERCUT_OPERATIONS ?? 3_000);
const SEED = Number(process.env.POWERCUT_SEED ?? 1);
const PROGRAM_LENGTH = 60;
/** Deeper than 40 symbolic links, all that one path may go through, can lead up: no program gets out of its directory. */
const DEPTH = 64;

const timeless = {
  now: () => 0,
  schedule: (_delayMs: number, callback: () => void) => {
    queueMicrotask(callback);
    return () => {};
  },
};

const simulated = (root: string): object => {
  const kernel = new Kernel(EMPTY_IMAGE, timeless.now);
  const scheduler = eager()(new VirtualClock(0));
  const files = createFileSystem(kernel, scheduler);
  const disk = createNodeFs(new ObservedCalls(kernel), scheduler, timeless, files) as typeof fs; // the same functions
  disk.mkdirSync(root, { recursive: true, mode: 0o755 });
  return disk;
};

/** What programs have been found to do so far. */
interface Tally {
  /** Operations that were answered alike. */
  agreed: number;
  /** Programs that ended at a deliberate difference, by its reason. */
  readonly deliberate: Map<string, number>;
}

/** The first operation whose answer differs, with both answers; undefined when there is none. */
const difference = async (program: readonly Operation[], tally: Tally): Promise<object | undefined> => {
  const outermost = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'powercut-differential-'));
  const root = outermost + '/d'.repeat(DEPTH);
  fs.mkdirSync(root, { recursive: true });
  const real = new Machine(fs, root);
  const ours = new Machine(simulated(root), root);
  try {
    for (const [index, operation] of program.entries()) {
      const [expected, found] = [await real.run(operation), await ours.run(operation)];
      const alike = JSON.stringify(expected) === JSON.stringify(found);
      const reason = differenceOnPurpose(operation, expected, found, alike);
      if (reason !== undefined) {
        tally.deliberate.set(reason, (tally.deliberate.get(reason) ?? 0) + 1);
        return undefined;
      }
      if (!alike) return { index, operation, expected, found };
      tally.agreed += 1;
    }
    const [expected, found] = [await real.tree(), await ours.tree()];
    return JSON.stringify(expected) === JSON.stringify(found) ? undefined : { expected, found };
  } finally {
    await real.close();
    fs.rmSync(outermost, { recursive: true });
  }
};

const program = fc.array(operation, {
  minLength: PROGRAM_LENGTH,
  maxLength: PROGRAM_LENGTH,
  size: 'max',
});

describe('createNodeFs: the simulated disk', () => {
  it('answers as the real one does, call by call', { timeout: 1_200_000 }, async () => {
    const tally: Tally = { agreed: 0, deliberate: new Map() };
    // Programs that end early are made up for by more.
    for (let round = 0; tally.agreed < OPERATIONS; round++) {
      await fc.assert(
        fc.asyncProperty(program, async (operations) => {
          expect(await difference(operations, tally)).toBeUndefined();
        }),
        { seed: SEED + 1000 * round, numRuns: Math.ceil((OPERATIONS - tally.agreed) / PROGRAM_LENGTH) },
      );
    }
    if (process.env.POWERCUT_OPERATIONS === undefined) return;
    console.log(
      `${tally.agreed} operations were answered alike. Programs that ended at a deliberate difference:`,
    );
    for (const [reason, count] of tally.deliberate) console.log(`${count}: ${reason}`);
  });
});
