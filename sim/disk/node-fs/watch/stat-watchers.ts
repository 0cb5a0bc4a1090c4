/**
 * `fs.watchFile`: a path is looked at from time to time. Only the program changes its disk, so a timer is set when there is
 * something new to see, for the moment at which Node would look; while nothing changes a life is quiescent.
 */
import { EventEmitter } from 'node:events';
import type { Stats } from 'node:fs';
import { posix } from 'node:path';
import type { Clock } from '../../../../src/environment.js';
import type { Scheduler } from '../../../scheduler/scheduler.js';
import type { Change, Watches } from '../../kernel/change-notifications.js';
import type { ObservedCalls } from '../../kernel/observed-calls.js';
import { isSystemError } from '../../kernel/system-calls.js';
import { checkArguments, checkFunction, checkInteger } from '../arguments.js';
import { soon } from '../callbacks.js';
import { type NodeCalls, type Path, textOf } from '../fs-sync-calls.js';
import { noStats } from '../stats.js';

export interface WatchedDisk {
  readonly kernel: ObservedCalls;
  readonly calls: NodeCalls;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
}

/** How long Node waits where nothing is said of it. */
const INTERVAL_MS = 5007;

interface Polling {
  readonly path: string;
  readonly intervalMs: number;
  readonly bigint: boolean;
}

/** Node's class of that name, which it does not export. */
class StatWatcher extends EventEmitter {
  readonly #disk: WatchedDisk;
  readonly #polling: Polling;
  readonly #startedMs: number;
  readonly #end: () => void;
  #before: Stats;
  #ino: number | undefined;
  /** Something has changed that was not told yet. */
  #isDirty = false;
  #isSet = false;

  constructor(disk: WatchedDisk, watches: Watches, polling: Polling) {
    super();
    this.#disk = disk;
    this.#polling = polling;
    this.#startedMs = disk.clock.now();
    this.#before = noStats(polling);
    this.#end = watches.follow((changes) => this.#hear(changes));
    void this.#begin();
  }

  /** Of a path that leads to nothing Node tells at once, and then not again until there is something. */
  async #begin(): Promise<void> {
    const found = await this.#look();
    this.#before = found;
    this.#ino = this.#inode();
    if (this.#ino === undefined) soon(() => this.emit('change', found, found));
  }

  #inode(): number | undefined {
    try {
      return this.#disk.kernel.linkAt(this.#polling.path, 'stat', 'follow').getNode().ino;
    } catch {
      return undefined; // nothing is there
    }
  }

  async #look(): Promise<Stats> {
    const { calls, scheduler } = this.#disk;
    try {
      return await scheduler.perform(() => calls.stat(this.#polling.path, this.#polling));
    } catch (error) {
      if (isSystemError(error)) return noStats(this.#polling);
      throw error;
    }
  }

  #hear(changes: readonly Change[]): void {
    const now = this.#inode();
    this.#isDirty ||= now !== this.#ino || (now !== undefined && changes.some(({ ino }) => ino === now));
    if (!this.#isDirty || this.#isSet) return;
    this.#isSet = true;
    const { intervalMs } = this.#polling;
    const passedMs = this.#disk.clock.now() - this.#startedMs;
    const dueMs = (Math.floor(passedMs / intervalMs) + 1) * intervalMs;
    this.#disk.clock.schedule(dueMs - passedMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    this.#isSet = false;
    const now = await this.#look();
    if (!this.#isDirty || this.listenerCount('change') === 0) return;
    const before = this.#before;
    this.#isDirty = false;
    this.#before = now;
    this.#ino = this.#inode();
    soon(() => this.emit('change', now, before));
  }

  stop(): void {
    this.#end();
    soon(() => this.emit('stop'));
  }

  // A simulated process ends with its life, whatever it waits for.
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

type Listener = (...args: unknown[]) => void;

export const statWatchers = (disk: WatchedDisk, watches: Watches) => {
  const byPath = new Map<string, StatWatcher>();

  const watchFile = (path: Path, given: unknown, listener?: unknown): EventEmitter => {
    checkArguments('watch', [path]);
    const hasOptions = typeof given === 'object' && given !== null;
    const named: { readonly interval?: unknown; readonly bigint?: unknown } = hasOptions ? given : {};
    const told = hasOptions ? listener : given;
    checkFunction(told, 'listener');
    const intervalMs = Math.max(1, checkInteger(named.interval ?? INTERVAL_MS, 'interval', 0, 2 ** 32 - 1));
    const at = posix.resolve('/', textOf(path));
    const polling = { path: at, intervalMs, bigint: named.bigint === true };
    const watcher = byPath.get(at) ?? new StatWatcher(disk, watches, polling);
    byPath.set(at, watcher);
    return watcher.on('change', told);
  };

  const unwatchFile = (path: Path, listener?: unknown): void => {
    checkArguments('watch', [path]);
    const at = posix.resolve('/', textOf(path));
    const watcher = byPath.get(at);
    if (watcher === undefined) return;
    if (typeof listener === 'function')
      watcher.off('change', listener as Listener); // what it was given before
    else watcher.removeAllListeners('change');
    if (watcher.listenerCount('change') > 0) return;
    watcher.stop();
    byPath.delete(at);
  };

  return { watchFile, unwatchFile };
};
