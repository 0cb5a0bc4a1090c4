/** A simulated life as the guard sees it: where the program's clocks, timers and dice lead while it runs. */

import type { Locale } from '../suite/locale.js';
import type { ProcessEnd } from './process-end.js';
import type { UncontrolledEffect } from './uncontrolled-effect.js';

export interface GuardedLife {
  /** Default: UTC, and the English of the United States. */
  readonly locale?: Locale | undefined;
  /** Simulated milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` simulated milliseconds from now, inside this life; returns how to prevent it. */
  schedule(delayMs: number, callback: () => void): () => void;
  /**
   * What the host does for this life, in order, before any more of the life's code runs: work that takes turns of the real event
   * loop. Who adds some schedules in the life what comes of it. Absent where the life is not driven so.
   */
  readonly hostWork?: (() => Promise<void>)[] | undefined;
  /** A whole number, uniform in [0, 2^32). */
  randomUint32(): number;
  /**
   * Look for asynchronous work that nothing patched has started (`import()`, native addons), too. It makes promises
   * several times slower, and what one life shows need not be looked for in the next: for the first life of a run.
   */
  readonly watched?: boolean | undefined;
  /**
   * The files that the program consists of: an object with the names of `node:fs`, on which nothing is until it is brought
   * there, by its path on the real disk.
   */
  programFiles?(): { readonly fs: object; bring(path: string): void; bringWay(path: string): void };
  /** Absolute paths that count among those files, besides what lies below an installed package. */
  readonly reads?: readonly string[] | undefined;
  /** Called at each call into a native addon, with the addon's file and package. The call is real, and no life waits for it. */
  ranAddon?(addon: string): void;
  /** Hears of something that the program relies on and that no life has; it changes no verdict. */
  note?(code: string, message: string): void;
  /** What the program prints is shown. Default: it is not. */
  readonly prints?: boolean | undefined;
  /** What `node:fs` is in this life, for a program that imports it: an object with the names of `node:fs`. */
  nodeFs?(): object;
  /** Which permissions files that this life makes do not get; set by the guard. Absent where the life has no disk. */
  umask?: number;
  /** The process of this life has ended: none of its code may have any effect any more. */
  readonly isOver?: boolean | undefined;
  /** The process of this life ends. The first end counts. */
  end?(end: ProcessEnd): void;
  /**
   * Hears of every uncontrolled effect. `refusal` is the error about to be thrown at the program, which may catch it and do
   * without; an escape has none, as its work has begun.
   */
  report(effect: UncontrolledEffect, refusal?: Error): void;
}
