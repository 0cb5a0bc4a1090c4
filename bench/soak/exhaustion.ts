/**
 * `npm run soak:exhaustion`: a feeder and a durable read model while the machine has run out of something. Appends may be refused
 * meanwhile. When there is room again the model must get every acknowledged event, with no restart.
 *
 * - descriptors: the process opens files until EMFILE, and keeps them.
 * - disk: a tmpfs is filled to the last byte. Needs Linux, and the right to mount one (root).
 *
 * Ends with 1 when an acknowledged event is missing in the model or in the log.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseMs } from 'node:timers/promises';
import { openEventStore } from '../../src/event-store/index.js';
import { startFeeder } from '../../src/feeder/index.js';
import { openReadModel, type Projection, readModelHandler } from '../../src/read-models/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { commandOf, wholeNumber } from '../../tooling/command.js';

const APPEND_EVERY_MS = 20;
const COMPLETE_WITHIN_MS = 5000;
const DISK_BYTES = 8 * 1024 * 1024;

/** Runs the machine out of something; the function it returns gives it back. */
type Exhaust = (directory: string) => () => void;

const useUpDescriptors: Exhaust = () => {
  const taken: number[] = [];
  const take = (): void => {
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'));
    } catch {
      // EMFILE: what for this was done.
    }
  };
  take();
  // What others give back is taken, too.
  const again = setInterval(take, 1);
  return () => {
    clearInterval(again);
    for (const descriptor of taken) closeSync(descriptor);
  };
};

const fillDisk: Exhaust = (directory) => {
  const ballast = join(directory, 'ballast');
  const descriptor = openSync(ballast, 'w');
  for (const bytes of [64 * 1024, 4096, 1]) {
    const filling = Buffer.alloc(bytes);
    try {
      for (;;) writeSync(descriptor, filling);
    } catch {
      // ENOSPC: smaller ones may still fit.
    }
  }
  closeSync(descriptor);
  return () => unlinkSync(ballast);
};

type Count = { readonly count: number };
const counting: Projection<Count> = {
  name: 'count',
  initial: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
};

const run = async (what: string, directory: string, exhaust: Exhaust, forMs: number): Promise<boolean> => {
  const env = realEnvironment();
  const store = await openEventStore(env, join(directory, 'log'), { segmentBytes: 16 * 1024 });
  const model = await openReadModel(counting, { durability: 'durable', fs: env.fs, directory, store });
  const feeder = await startFeeder(env, store, { name: 'feeder', handlers: [readModelHandler(model)] });
  let acknowledged = 0;
  const refusals = new Map<string, number>();
  const append = async (): Promise<void> => {
    try {
      await store.appendToStream('s', [{ type: 't', data: 'x'.repeat(500) }]);
      acknowledged++;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
    }
  };
  for (let i = 0; i < 20; i++) await append();
  const giveBack = exhaust(directory);
  for (const end = Date.now() + forMs; Date.now() < end; ) {
    await append();
    await pauseMs(APPEND_EVERY_MS);
  }
  giveBack();
  const began = performance.now();
  await append();
  const waited = await feeder.waitFor(store.head(), { timeoutMs: COMPLETE_WITHIN_MS }).then(
    () => `complete ${Math.round(performance.now() - began)} ms after there was room again`,
    (error: unknown) => `not complete: ${error instanceof Error ? error.message : String(error)}`,
  );
  const stopped = await Promise.race([feeder.stopped, pauseMs(0, 'runs')]);
  await feeder.stop();
  await model.close();
  const inLog = (await store.readAll({ systemStreams: false })).length;
  await store.close();
  const refused = [...refusals].map(([code, count]) => `${count} ${code}`).join(', ');
  console.log(
    `${what}: ${acknowledged} appends acknowledged, refused: ${refused || 'none'}; log ${inLog}, model ${model.state.count}, ${waited}`,
  );
  return stopped === 'runs' && acknowledged === inLog && model.state.count === inLog;
};

const [seconds] = commandOf('soak:exhaustion', 'Runs a feeder while descriptors or the disk have run out.')
  .argument('[seconds]', 'for how long', wholeNumber(1), 10)
  .parse().processedArgs as [number]; // the argument, as it was taken

const directory = mkdtempSync(join(tmpdir(), 'powercut-exhaustion-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory]);
try {
  const results = [await run('no descriptors', directory, useUpDescriptors, seconds * 1000)];
  if (mounted.status === 0) {
    rmSync(join(directory, 'log'), { recursive: true });
    for (const slot of ['0', '1']) rmSync(join(directory, `count.${slot}`), { force: true });
    results.push(await run('no room', directory, fillDisk, seconds * 1000));
  } else {
    console.error('no room: not tried, as no tmpfs can be mounted here');
    results.push(false);
  }
  process.exitCode = results.every((isRight) => isRight) ? 0 : 1;
} finally {
  if (mounted.status === 0) spawnSync('umount', [directory]);
  rmSync(directory, { recursive: true });
}
