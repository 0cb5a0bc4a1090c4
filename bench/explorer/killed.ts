/**
 * A real process on a real directory, killed with SIGKILL at an uncontrolled moment, and the program started again on the
 * files that are left. It shows the contents of the system's cache: no power cut, and one state for each process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import checkpointedFeeder from '../../properties/suites/checkpointed-feeder.js';
import type { Attempted, Json } from '../../sim/suite/suite.js';
import type { FileSystem } from '../../src/environment.js';
import { realEnvironment } from '../../src/real-environment.js';
import { firstLife, Notes, type Recovery, recover } from './life.js';
import { bankWorkload } from './workload.js';

const WORK = 'work';

/** What the working process has heard of its command, or has done outside. */
type Said = { readonly heard: Attempted<Json, Json> } | { readonly effect: Json } | 'ready';

/** The real file system, with `root` for its root. */
const rooted = (root: string): FileSystem => {
  const { fs } = realEnvironment();
  const { open, mkdir, readdir, stat, readFile, writeFile, rename, unlink, rm: remove } = fs;
  const within =
    <Rest extends readonly unknown[], Result>(call: (path: string, ...rest: Rest) => Result) =>
    (path: string, ...rest: Rest): Result =>
      call(root + path, ...rest);
  const bank = {
    open: within(open as (path: string, ...rest: unknown[]) => unknown),
    mkdir: within(mkdir as (path: string, ...rest: unknown[]) => unknown),
    readdir: within(readdir as (path: string, ...rest: unknown[]) => unknown),
    stat: within(stat as (path: string, ...rest: unknown[]) => unknown),
    readFile: within(readFile as (path: string, ...rest: unknown[]) => unknown),
    writeFile: within(writeFile as (path: string, ...rest: unknown[]) => unknown),
    rename: (from: string, to: string) => rename(root + from, root + to),
    unlink: within(unlink as (path: string, ...rest: unknown[]) => unknown),
    rm: within(remove as (path: string, ...rest: unknown[]) => unknown),
  };
  return bank as unknown as FileSystem; // the part of it that the bank uses
};

/** Lives until it is killed, and tells its parent what the outside world would learn. */
const work = async (root: string, commands: number): Promise<void> => {
  const notes = new Notes();
  const say = (said: Said): void => void process.send?.(said);
  notes.onCommand = (heard) => say({ heard });
  notes.onEffect = (effect) => say({ effect });
  say('ready');
  await firstLife(checkpointedFeeder, rooted(root), bankWorkload(commands), notes);
};

/** Kills one process after some of its commands, and starts the program again. */
const killOnce = async (recovery: Recovery, after: number): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), 'powercut-killed-'));
  try {
    const child = fork(fileURLToPath(import.meta.url), [WORK, root, String(recovery.workload.length)]);
    const ended = once(child, 'exit');
    const notes = new Notes();
    let heard = 0;
    child.on('message', (said: Said) => {
      if (said === 'ready') return;
      if ('effect' in said) notes.effect(said.effect);
      else notes.commands[said.heard.index] = said.heard;
      if (++heard === after) child.kill('SIGKILL');
    });
    if (after === 0) child.kill('SIGKILL');
    await ended;
    notes.crashes = 1;
    const system = await recover(checkpointedFeeder, rooted(root), notes, recovery);
    await checkpointedFeeder.shutdown?.(system);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

/** Kills `kills` processes, each a little later than the one before it. */
export const killProcesses = async (recovery: Recovery, kills: number): Promise<void> => {
  for (let kill = 0; kill < kills; kill++)
    await killOnce(recovery, Math.round(((kill + 0.5) / kills) * 2 * recovery.workload.length));
};

const [order, root, commands] = process.argv.slice(2);
if (order === WORK && root !== undefined && process.send !== undefined)
  await work(root, Number(commands)).finally(() => process.disconnect());
