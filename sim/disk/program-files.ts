/**
 * The files that a program consists of, as its life sees them: those of its packages, and of the directories that its suite
 * names. They are on a read-only disk of their own, which no power cut changes. A file is loaded at its first use. Names
 * are sorted, and times are the life's, so that they are equal on every machine.
 */
import fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../../src/environment.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import { EMPTY_IMAGE } from './crash-model/disk-image.js';
import { Kernel } from './kernel/kernel.js';
import { ObservedCalls } from './kernel/observed-calls.js';
import { createFileSystem } from './node-fs/fs-promises.js';
import { createNodeFs } from './node-fs/node-fs.js';

/** Above all descriptors of the life's own disk, so the number shows which disk a descriptor belongs to. */
const FIRST_DESCRIPTOR = 1_000_000;

export const isProgramDescriptor = (fd: unknown): boolean => typeof fd === 'number' && fd >= FIRST_DESCRIPTOR;

type Entry =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | {
      readonly kind: 'directory';
      readonly names: readonly (readonly [name: string, isDirectory: boolean])[];
    };

/** Read once in a process: a program's files do not change while it is explored. */
const entries = new Map<string, Entry | undefined>();

/** The real ones: this is read as the host. */
const { readdirSync, readFileSync, statSync } = fs;

/** Undefined where nothing is, or what no program is made of. */
const entryAt = (path: string): Entry | undefined => {
  if (entries.has(path)) return entries.get(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  let entry: Entry | undefined;
  if (stats?.isFile() === true) entry = { kind: 'file', bytes: readFileSync(path) };
  if (stats?.isDirectory() === true) {
    const names = readdirSync(path).sort();
    const isDirectory = (name: string): boolean =>
      statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
    entry = { kind: 'directory', names: names.map((name) => [name, isDirectory(name)] as const) };
  }
  entries.set(path, entry);
  return entry;
};

interface Names {
  mkdirSync(path: string, options: { readonly recursive: true }): void;
  writeFileSync(path: string, bytes: Uint8Array): void;
}

export class ProgramFiles {
  /** An object with the names of `node:fs`. */
  readonly fs: object;
  private readonly brought = new Set<string>();
  private readonly names: Names;

  constructor(scheduler: Scheduler, clock: Clock) {
    // These calls are neither observed nor journalled: loading a program is not part of its behaviour.
    const calls = new ObservedCalls(new Kernel(EMPTY_IMAGE, clock.now, FIRST_DESCRIPTOR));
    this.fs = createNodeFs(calls, scheduler, clock, createFileSystem(calls, scheduler));
    this.names = this.fs as Names; // two of the names it has
  }

  /** Brings the directories that a path goes up from: in 'lib/../package.json' there must be a lib. To be called as the host. */
  bringWay(path: string): void {
    for (const { index } of path.matchAll(/[/\\]\.\.(?=[/\\]|$)/g)) this.bring(resolve(path.slice(0, index)));
  }

  /** Makes sure that what is at `path` on the real disk is here, too. To be called as the host. */
  bring(path: string): void {
    if (this.brought.has(path)) return;
    this.brought.add(path);
    const entry = entryAt(path);
    if (entry === undefined) return;
    if (entry.kind === 'file') {
      this.names.mkdirSync(dirname(path), { recursive: true });
      this.names.writeFileSync(path, entry.bytes);
      return;
    }
    this.names.mkdirSync(path, { recursive: true });
    // Names first: a file's bytes are loaded at its first use.
    for (const [name, isDirectory] of entry.names) {
      const inner = join(path, name);
      if (this.brought.has(inner)) continue;
      if (isDirectory) this.names.mkdirSync(inner, { recursive: true });
      else this.names.writeFileSync(inner, Buffer.alloc(0));
    }
  }
}
