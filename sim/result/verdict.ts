/** A verdict and what it rests on: the part of a result that says how far it can be believed. */

/** 'undecided': the exploration gives no ground for either of the other two. */
export type Verdict = 'holds' | 'violated' | 'undecided';

/** Why a verdict is 'undecided'. Codes are stable. */
export const UNDECIDED_CODES = [
  /** The suite itself or its program failed in a way that no verdict can be made of. */
  'SUITE_FAILED',
  /** A worker process died while it explored the suite. */
  'WORKER_DIED',
  /** Ctrl-C, or an aborted signal, ended the exploration early. */
  'INTERRUPTED',
  /** It is one shard of a campaign: the others explore the rest of the suite. */
  'OTHER_SHARDS',
  /** No workload was explored and no random run was made. */
  'NOTHING_EXPLORED',
  /** The program booted in no life. */
  'NEVER_BOOTED',
  /** The program booted in no life after a power cut, and planned faults excuse that. */
  'NEVER_RESTARTED',
  /** No command was acknowledged in any life. */
  'NOTHING_ACKNOWLEDGED',
  /** No life began on a disk image that a power cut left. */
  'NO_IMAGE_CHECKED',
  /** The suite has invariants, and none of them was checked in any life. */
  'NO_INVARIANT_CHECKED',
  /** A planned fault happened in no call. */
  'FAULT_NEVER_FIRED',
  /** Something that the suite says must be reached was reached in no run. */
  'MUST_REACH',
  /** Under `strict`, a bound stopped the exploration. */
  'BOUND_HIT',
  /** A native addon ran in a life: what it did was outside the simulation. */
  'NATIVE_ADDON',
  /** State that a restart would have lost was still there in a later life. */
  'STATE_OUTLIVED',
] as const;

/** The stable code of a reason for `undecided`. */
export type UndecidedCode = (typeof UNDECIDED_CODES)[number];

/** Why a suite has no verdict, and what to do. */
export interface UndecidedReason {
  readonly code: UndecidedCode;
  /** One or two sentences: what is missing, and what to do. */
  readonly message: string;
}

/** Something worth knowing that changes no verdict. */
export interface Note {
  /** Stable, in capitals, for example 'REFUSAL_CAUGHT'. */
  readonly code: string;
  readonly message: string;
  /** The line of the program that it is about. */
  readonly site?: { readonly file: string; readonly line: number };
}

/** How often commands of one kind ended in which way, over all lives that were simulated. */
export interface CommandCount {
  /** A string command itself; of an object its `type` or `kind`, or else its keys; of any other value its JSON type. */
  readonly kind: string;
  readonly acknowledged: number;
  readonly rejected: number;
  /** In flight when the power was cut, or not answered by the end of the life. */
  readonly unknown: number;
}

/** How often an invariant was checked. */
export interface InvariantCount {
  readonly name: string;
  readonly checked: number;
  /** Checks in which the invariant could have failed, by its own account (`atStake`). Absent where it gives none. */
  readonly atStake?: number;
}

/** What a verdict rests on: counts over all lives that were simulated. */
export interface Evidence {
  readonly lives: number;
  /** Lives in which the program booted. */
  readonly booted: number;
  /** Lives that began on what a power cut left, random runs included. */
  readonly afterCrash: number;
  /** Of these, lives in which the program booted. */
  readonly restarted: number;
  /** By kind, sorted. */
  readonly commands: readonly CommandCount[];
  /** Outside effects, repeated ones included. */
  readonly effects: number;
  /** In the order of the suite. */
  readonly invariants: readonly InvariantCount[];
}

/** Bounds that end an exploration, each with its limit. */
export const STOPPING_LIMITS = ['depth', 'preemptions', 'schedules', 'images', 'lives'] as const;

/** Events that end an exploration. */
export const STOPPING_EVENTS = [
  'violation',
  'regression',
  'time',
  'interruption',
  'worker-death',
  'suite-failed',
] as const;

/**
 * Why an exploration did not go on. `limit` is a number of: successive power cuts ('depth'), preemptions a schedule,
 * schedules a workload, images a crash point (where more are legal they are sampled), lives a workload.
 */
export type StopReason =
  | { readonly kind: (typeof STOPPING_LIMITS)[number]; readonly limit: number }
  | { readonly kind: (typeof STOPPING_EVENTS)[number] };
