/**
 * `fs.watch` and `fs.promises.watch`. Their events come like other answers of the disk: when the scheduler picks them,
 * after the call that made the change. A life with watchers can be quiescent: no timer is set before something has changed.
 */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { posix } from 'node:path';
import type { Scheduler } from '../../../scheduler/scheduler.js';
import { eventOf, type Kind, type Watch, Watches } from '../../kernel/change-notifications.js';
import { refuseAborted } from '../abort-signal.js';
import { checkArguments, checkBoolean } from '../arguments.js';
import { soon } from '../callbacks.js';
import { type Path, pathOf, textOf } from '../fs-sync-calls.js';
import { statWatchers, type WatchedDisk } from './stat-watchers.js';

interface WatchOptions {
  readonly encoding?: string | null;
  readonly persistent?: boolean;
  readonly recursive?: boolean;
  readonly signal?: AbortSignal;
}

interface Told {
  readonly eventType: 'rename' | 'change';
  readonly filename: string | Buffer;
}

const optionsOf = (options: unknown): WatchOptions => {
  checkArguments('watch', ['/', options]);
  const named: WatchOptions = typeof options === 'string' ? { encoding: options } : Object(options);
  for (const name of ['persistent', 'recursive'] as const)
    if (named[name] !== undefined && named[name] !== null) checkBoolean(named[name], `options.${name}`);
  return named;
};

const inEncoding = (name: string, encoding: string | null | undefined): string | Buffer => {
  if (!encoding || encoding === 'utf8') return name;
  return encoding === 'buffer' ? Buffer.from(name) : Buffer.from(name).toString(encoding as BufferEncoding); // it was checked
};

interface Event {
  readonly kind: Kind;
  readonly name: string;
  readonly to: Listener;
}

interface Listener {
  isClosed: boolean;
  deliver(kind: Kind, name: string): void;
}

/** All events of a process, one after the other, through the scheduler. Equal pending events are merged, as in Linux. */
class EventQueue {
  private readonly waiting: Event[] = [];
  private isUnderWay = false;

  constructor(private readonly scheduler: Scheduler) {}

  push(event: Event): void {
    const last = this.waiting.at(-1);
    if (last?.kind === event.kind && last.name === event.name && last.to === event.to) return;
    this.waiting.push(event);
    // Not before the program has gone as far as it can: then only does Node look for events.
    if (!this.isUnderWay) soon(() => this.next());
    this.isUnderWay = true;
  }

  private next(): void {
    void this.scheduler
      .perform(() => this.waiting.shift())
      .then((event) => {
        if (event !== undefined && !event.to.isClosed) soon(() => event.to.deliver(event.kind, event.name));
        this.isUnderWay = this.waiting.length > 0;
        if (this.isUnderWay) soon(() => this.next());
      });
  }
}

/** Node's class of that name, which it does not export. */
class FSWatcher extends EventEmitter {
  #end: (() => void) | undefined;

  constructor(begin: (tell: (told: Told) => void) => () => void) {
    super();
    this.#end = begin(({ eventType, filename }) => this.emit('change', eventType, filename));
  }

  close(): void {
    if (this.#end === undefined) return;
    this.#end();
    this.#end = undefined;
    soon(() => this.emit('close'));
  }

  // A simulated process ends with its life, whatever it waits for.
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const watchError = (error: unknown, path: Path): unknown =>
  error instanceof Error ? Object.assign(error, { filename: path }) : error;

export const watchers = ({ kernel, calls, scheduler, clock }: WatchedDisk) => {
  const watches = new Watches(kernel);
  const queue = new EventQueue(scheduler);

  /** Begins to watch a path, as one step; returns how to end it. */
  const begin = (
    path: Path,
    { encoding, recursive = false }: WatchOptions,
    deliver: (told: Told) => void,
  ) => {
    const at = pathOf(path);
    const own = posix.basename(textOf(path));
    const link = kernel.observe('watch', at, () => kernel.linkAt(at, 'watch', 'follow'));
    const to: Listener = {
      isClosed: false,
      deliver: (kind, name) => deliver({ eventType: eventOf(kind), filename: inEncoding(name, encoding) }),
    };
    const watch: Watch = { link, recursive, tell: (kind, name = own) => queue.push({ kind, name, to }) };
    watches.add(watch);
    return (): void => {
      watches.remove(watch);
      to.isClosed = true;
    };
  };

  const watch = (path: Path, given?: unknown, listener?: unknown): EventEmitter => {
    const options = optionsOf(typeof given === 'function' ? undefined : given);
    checkArguments('watch', [path]);
    const told = typeof given === 'function' ? given : listener;
    let watcher: FSWatcher;
    try {
      watcher = new FSWatcher((tell) => begin(path, options, tell));
    } catch (error) {
      throw watchError(error, path);
    }
    if (typeof told === 'function')
      watcher.on('change', (...args) => void Reflect.apply(told, watcher, args));
    const { signal } = options;
    const close = (): void => watcher.close();
    if (signal?.aborted === true) soon(close);
    else signal?.addEventListener('abort', close, { once: true });
    return watcher;
  };

  async function* changesIn(path: Path, given?: unknown): AsyncGenerator<Told, void, void> {
    const options = optionsOf(given);
    checkArguments('watch', [path]);
    refuseAborted(options);
    const waiting: Told[] = [];
    let wake = (): void => {};
    const end = begin(path, options, (told) => {
      waiting.push(told);
      wake();
    });
    const abort = (): void => wake();
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        refuseAborted(options);
        const told = waiting.shift();
        if (told !== undefined) yield told;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      end();
      options.signal?.removeEventListener('abort', abort);
    }
  }

  return { watch, changesIn, ...statWatchers({ kernel, calls, scheduler, clock }, watches) };
};
