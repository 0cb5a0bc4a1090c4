/** What the command line and its workers say to each other: data, as it crosses from process to process. */
import type { ExploreOptions, ExploreProgress } from '../sim/explore/options.js';
import type { Part } from '../sim/explore/part.js';
import type { Rechecked } from '../sim/explore/recheck.js';
import type { Failure, Replayed } from '../sim/explore/regression.js';
import type { SampledLife } from '../sim/explore/sample.js';
import type { Tally } from '../sim/explore/tally.js';
import type { SuiteResult } from '../sim/result.js';
import type { SuiteReference } from './suites.js';

/** The options of an exploration that are data: its signal and its progress are messages. */
export type UnitOptions = Omit<ExploreOptions, 'signal' | 'onProgress'>;

/** One suite to explore, from its reference and options alone, whatever workers take it. */
export interface Unit {
  readonly reference: SuiteReference;
  readonly options: UnitOptions;
}

/** What one worker is asked at a time. */
export type Task =
  | ({ readonly kind: 'explore'; readonly part: Part } & Unit)
  /** Failures of earlier runs, to be played again. */
  | ({ readonly kind: 'replay'; readonly failures: readonly Failure[] } & Unit)
  | ({ readonly kind: 'conclude'; readonly tallies: readonly Tally[] } & Unit)
  /** Lives to live once more: asked of a worker that has done nothing else, and will do nothing else. */
  | ({ readonly kind: 'recheck'; readonly lives: readonly SampledLife[] } & Unit);

export type ToWorker = Task | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: ExploreProgress }
  | { readonly kind: 'explored'; readonly tally: Tally }
  | { readonly kind: 'replayed'; readonly replayed: readonly Replayed[] }
  | { readonly kind: 'rechecked'; readonly rechecked: Rechecked }
  | { readonly kind: 'concluded'; readonly result: SuiteResult }
  /** An error keeps its code on the way only if it is sent as data. */
  | {
      readonly kind: 'failed';
      readonly code: string | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };
