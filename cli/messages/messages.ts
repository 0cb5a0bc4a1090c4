/** What the command line and its workers say to each other: data, as it crosses from process to process. */

import type { MessagePort } from 'node:worker_threads';
import type { Assignment } from '../../sim/explore/campaign/agenda.js';
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { Part } from '../../sim/explore/campaign/parts.js';
import type { Failure, Replayed } from '../../sim/explore/campaign/replay-regressions.js';
import type { FirstFound, Tally } from '../../sim/explore/counting/tally.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import type { ExplorationBounds, ExploreProgress } from '../../sim/explore/options.js';
import type { SampledLife } from '../../sim/explore/recheck/life-sample.js';
import type { Rechecked } from '../../sim/explore/recheck/recheck.js';
import type { Played, PlayOptions } from '../../sim/replay/replay.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { SuiteFacts, SuiteReference } from '../loading/suite-reference.js';

/** The options of an exploration that are data: its signal and its progress are messages. */
export type UnitOptions = Omit<ExplorationBounds, 'signal' | 'onProgress'>;

/** One suite to explore, from its reference and options alone, whatever workers take it. */
export interface Unit {
  readonly reference: SuiteReference;
  readonly suite: SuiteFacts;
  readonly options: UnitOptions;
}

/** A unit as far as a worker needs it. */
type Asked = Omit<Unit, 'suite'>;

/** A task of a worker. It has one at a time. */
export type Task =
  | ({
      readonly kind: 'explore';
      /** What is too large for one process is handed out in slices. Absent: it explores them itself. */
      readonly handsOut?: true;
    } & Assignment &
      Asked)
  /** A slice of a part's workload. */
  | ({ readonly kind: 'slice'; readonly part: Part; readonly slice: Slice } & Asked)
  /** Failures of earlier runs, to be played again. */
  | ({ readonly kind: 'replay'; readonly failures: readonly Failure[] } & Asked)
  | ({
      readonly kind: 'conclude';
      readonly tallies: readonly Tally[];
      /** Without the suite's own words for commands, results and effects, which may be what does not come back. */
      readonly isPlain?: boolean;
    } & Asked)
  /** Lives to live once more: asked of a worker that does nothing else, for one suite after the other. */
  | ({ readonly kind: 'recheck'; readonly lives: readonly SampledLife[] } & Asked)
  /** Which suites there are in a file. */
  | { readonly kind: 'describe'; readonly url: string; readonly argument: string }
  /** One recorded run, of whichever of these suites it is. */
  | ({ readonly kind: 'play' } & Play);

export interface Play {
  readonly token: string;
  readonly references: readonly SuiteReference[];
  readonly options: PlayOptions;
}

/** To the thread that suites run in, from the watchdog beside it. */
export type ToWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stop' }
  /** What became of a slice that it handed out. */
  | { readonly kind: 'sliced'; readonly number: number; readonly counted: SliceCounted }
  | Timed<Task>;

/** With the wall-clock time of the request: starting a worker and loading a suite count towards its time limit. */
export type Timed<Asked> = Asked & { readonly askedMs: number };

export type ToWatchdog =
  | Exclude<ToWorker, { readonly kind: 'ready' }>
  /** Say where the suite is if its event loop stands still for this long. */
  | { readonly kind: 'watch'; readonly silentMsMax: number }
  /** Say where the suite is, if its event loop stands still: it does not go on from there. Otherwise, that it is busy. */
  | { readonly kind: 'locate' };

export type FromWorker =
  /** The answer will hold it, too, if there is one. */
  | { readonly kind: 'found'; readonly first: FirstFound }
  | { readonly kind: 'progress'; readonly progress: ExploreProgress }
  /** Processor time of its process since that started. Comes before each answer. */
  | { readonly kind: 'spent'; readonly processorMs: number }
  | { readonly kind: 'explored'; readonly tally: Tally }
  /** To be explored by others. It goes on when it has what became of all that it handed out. */
  | { readonly kind: 'slice'; readonly number: number; readonly slice: Slice }
  | { readonly kind: 'counted'; readonly counted: SliceCounted }
  | { readonly kind: 'replayed'; readonly replayed: readonly Replayed[] }
  | { readonly kind: 'rechecked'; readonly rechecked: Rechecked }
  | { readonly kind: 'concluded'; readonly result: SuiteResult }
  | { readonly kind: 'described'; readonly suites: readonly SuiteFacts[] }
  | ({ readonly kind: 'played' } & Played)
  /** An error keeps its code on the way only if it is sent as data. */
  | {
      readonly kind: 'failed';
      readonly code: string | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };

/** A message to the watchdog, which ignores those without its secret. */
export interface SealedMessage {
  readonly secret: string;
  readonly message: FromWorker;
}

/** What a watchdog starts with. */
export interface WatchdogData {
  /** Of the worker's whereabouts. */
  readonly memory: SharedArrayBuffer;
  /** To the worker's own thread. */
  readonly port: MessagePort;
  readonly secret: string;
}

export type FromWatchdog =
  | FromWorker
  | { readonly kind: 'busy'; readonly doing: string }
  | {
      readonly kind: 'stuck';
      /** What the suite's functions were called for last: 'performing "add"'. */
      readonly doing: string;
      /** Innermost frame first. Empty where it could not be had. */
      readonly stack: readonly string[];
    };
