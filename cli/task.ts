/** What the command line and its workers say to each other: plain data, as it crosses a thread. */
import type { ExploreOptions, ExploreProgress } from '../sim/explore/options.js';
import type { SuiteResult } from '../sim/result.js';
import type { SuiteReference } from './suites.js';

/** The options of an exploration that are data: its signal and its progress are messages. */
export type UnitOptions = Omit<ExploreOptions, 'signal' | 'onProgress'>;

/** A unit of work: one suite, explored from its reference and options alone, whatever worker takes it. */
export interface Unit {
  readonly reference: SuiteReference;
  readonly options: UnitOptions;
}

export type ToWorker = 'stop';

export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: ExploreProgress }
  | { readonly kind: 'explored'; readonly result: SuiteResult }
  /** An error keeps its code on the way only if it is sent as data. */
  | {
      readonly kind: 'failed';
      readonly code: string | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };
