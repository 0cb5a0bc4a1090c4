/** What a campaign found: plain JSON data. The JSON Schema (`powercut/result.schema.json`) describes exactly this. */
import type { DiskModelName, Json } from '../suite/suite.js';
import type { Evidence, Note, StopReason, UndecidedReason, Verdict } from './verdict.js';
import type { Violation } from './violation.js';

export * from './verdict.js';
export * from './violation.js';

/** The version of the JSON result. It grows with each change that a reader of the result would notice. */
export const RESULT_SCHEMA_VERSION = 2;

/** The result of a run over all its suites: the JSON that `powercut run --json` writes. */
export interface CampaignResult {
  readonly schemaVersion: typeof RESULT_SCHEMA_VERSION;
  readonly tool: { readonly name: 'powercut'; readonly version: string };
  readonly seed: number;
  /** Hash over the digests of all suites, in order: same input, same digest. */
  readonly digest: string;
  /** True when the campaign was cut short (Ctrl-C, --time-limit, --bail): the result holds what was found until then. */
  readonly interrupted: boolean;
  readonly seconds: number;
  /** Which part of the campaign this is; absent when it is the whole. */
  readonly shard?: Shard;
  readonly suites: readonly SuiteResult[];
  /** How many planted faults the invariants found: measured apart (`npm run sabotage`), and given to the report. */
  readonly oracle?: OracleStrength;
}

/** A part of a campaign. `--shard 1/3` is index 1 of count 3. */
export interface Shard {
  /** 1 for the first. */
  readonly index: number;
  readonly count: number;
}

/** How many planted faults the suite's invariants noticed. */
export interface OracleStrength {
  readonly planted: number;
  readonly killed: number;
  /** Faults that no invariant noticed: the place is harmless, or the invariants have a hole. */
  readonly survivors: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly explanation: string;
  }[];
}

/** What the exploration of one suite found. */
export interface SuiteResult {
  readonly name: string;
  /** The file it is from, as named on the command line; absent for a shipped suite. A replay needs it. */
  readonly file?: string;
  readonly expected: 'safe' | 'unsafe';
  readonly verdict: Verdict;
  /** Verdict and expectation agree. Never true where the verdict is 'undecided'. */
  readonly asExpected: boolean;
  /** Why the verdict is 'undecided': at least one reason. Absent for any other verdict. */
  readonly undecided?: readonly UndecidedReason[];
  /** Harmless things worth knowing, sorted, each one once. */
  readonly notes: readonly Note[];
  /** What the verdict rests on. */
  readonly evidence: Evidence;
  /** What was planned to go wrong on the disk, and in how many calls it did. Absent where nothing was planned. */
  readonly faults?: readonly FaultCount[];
  readonly disk: DiskModelName;
  readonly seed: number;
  readonly digest: string;
  readonly exploration: Exploration;
  /** Shrunk to a minimum, one for each invariant broken. */
  readonly violations: readonly Violation[];
  /** The runs of the violations, each once, step by step. Runs of more than 2,000 steps are left out. */
  readonly runs?: readonly ReplayResult[];
  readonly coverage: Coverage;
  /** By name: the program's own counters (`costs` of the suite) and the simulator's. */
  readonly costs: Readonly<Record<string, Cost>>;
  /** How recovery cost grows with the length of the workload. */
  readonly growth: readonly GrowthPoint[];
}

/** How often a planned fault took effect. A fault that never did proves nothing. */
export interface FaultCount {
  /** The plan in words. */
  readonly plan: string;
  readonly fired: number;
}

/** How much was explored, and which bounds ended it. */
export interface Exploration {
  /** Distinct crash points (life, step, phase) at which the power was cut. */
  readonly crashPoints: number;
  readonly images: {
    /** Images legal at those points, built or not. A lower bound where `sampled` is true; at most 1e300. */
    readonly legal: number;
    /** Images whose recovery was run and checked. */
    readonly checked: number;
    /** Distinct (image, history, pending) keys among the legal images: checked, or equal to one that was. */
    readonly distinct: number;
    readonly sampled: boolean;
  };
  /** Lives that went on in the page cache of a killed process, until the power was cut. Absent from results of earlier versions. */
  readonly kills?: number;
  /** Classes of crash states, of workloads that leave too many images to build each. Absent: none. */
  readonly classes?: number;
  /** The number of successive power cuts that was explored. */
  readonly depth: number;
  /** No unseen state was left: every power cut, to any depth, of the explored workloads under this model. */
  readonly closed: boolean;
  /** Every bound and event that kept the exploration from going on, sorted, each one once. Empty where it is closed. */
  readonly stopReasons: readonly StopReason[];
  /** Workloads explored exhaustively. */
  readonly workloads: number;
  /** How far each of them was explored. Absent from results of earlier versions. */
  readonly reach?: readonly WorkloadReach[];
  /** Schedules of their first lives, all together: one for each workload, unless depth first search tried every one. */
  readonly schedules?: number;
  /** Random runs: workload, schedule and crashes all drawn. */
  readonly runs: number;
  /** Steps simulated, all lives together. */
  readonly steps: number;
  readonly seconds: number;
}

/** How far one workload was explored. */
export interface WorkloadReach {
  /** Every state that was found after up to this many successive crashes was recovered from. */
  readonly crashes: number;
  /** No unseen state is left, to any depth. */
  readonly closed: boolean;
}

/** A cost over all runs that measured it. */
export interface Cost {
  readonly mean: number;
  readonly max: number;
}

/** The costs of workloads of one length. */
export interface GrowthPoint {
  readonly commands: number;
  readonly costs: Readonly<Record<string, number>>;
}

/** A fraction with its parts: never one bare percentage. */
export interface Share {
  readonly covered: number;
  readonly total: number;
}

/**
 * What was tried, as a vector: each share with its numerator, its denominator and what it lacks, under one model and
 * size of sector, within the bounds that `exploration` tells. Only what was explored exhaustively counts: random runs
 * come on top, and inflate nothing.
 */
export interface Coverage {
  readonly disk: DiskModelName;
  readonly sectorBytes: number;
  /** Crash points (call site × operation × phase) at which the power was cut, of those with anything volatile. */
  readonly sites: Share & {
    /** Where the power was cut, and where it never was: together all that were seen. */
    readonly cut: readonly CrashPoint[];
    readonly uncovered: readonly CrashPoint[];
  };
  readonly orders: OrderCoverage;
  /** Distinct states (the disk and what the outside world knows) that were checked, of those found legal. */
  readonly images: Share & {
    /** False: more are legal; `total` is a lower bound. */
    readonly exact: boolean;
  };
  readonly recovery: {
    /** Calls with anything volatile that some recovery made, and those at which a recovery was itself cut. */
    readonly steps: Share & { readonly cut: readonly Site[]; readonly uncovered: readonly Site[] };
  };
  /** Calls after which a killed process leaves what no power cut leaves. Absent from results of earlier versions. */
  readonly kills?: Share & { readonly cut: readonly Site[]; readonly uncovered: readonly Site[] };
  /** Rare branches that the program marks. */
  readonly marks: { readonly reached: readonly string[]; readonly unreached: readonly string[] };
  /** Of random runs, in order: how much was new in them. Absent from results of earlier versions. */
  readonly novelty?: readonly NoveltyPoint[];
  /** Where the power was cut in first lives, the kinds of disks that were left there. */
  readonly survivors: readonly SiteSurvivors[];
  /** The way of the first command, step by step, with what a crash in each gap did. */
  readonly path: readonly PathStep[];
}

/**
 * What some random runs showed first: pairs of calls, crashes, disks, orders of commands and marks that no run before them
 * had. Where the last runs show nothing new, more of them are likely to find nothing either.
 */
export interface NoveltyPoint {
  readonly runs: number;
  /** Made from earlier runs that showed something new; otherwise drawn. */
  readonly isGuided: boolean;
  /** How much they showed first. */
  readonly found: number;
}

/** Where in a call a power cut falls: before it takes effect, in the middle of it, or after it. */
export const CRASH_PHASES = ['before', 'middle', 'after'] as const;

/** A place in the source, and the phase of its call, at which the power was cut. */
export interface CrashPoint extends Site {
  readonly phase: (typeof CRASH_PHASES)[number];
}

/** What a micro-operation changes: bytes of a file, its size, names in directories, its mode. */
export type ChangeKind = 'data' | 'size' | 'name' | 'mode';

/** The micro-operations of one kind that come from one call site. */
export interface SiteChange extends Site {
  readonly change: ChangeKind;
}

/** Two changes that were volatile together, by their place in the list of changes. */
export interface OrderPair {
  readonly earlier: number;
  readonly later: number;
  /** Both from one call; otherwise from two. */
  readonly oneCall: boolean;
}

/** In which orders the changes reached the disk in checked images. Numbers are places in `changes`. */
export interface OrderCoverage {
  readonly changes: readonly SiteChange[];
  /** Pairs that the model may reorder, and those with a checked image that holds the later and not the earlier. */
  readonly pairs: Share & { readonly seen: readonly OrderPair[]; readonly unseen: readonly OrderPair[] };
  /** Writes of several sectors, and how many of them a checked image holds in part. */
  readonly torn: Share & { readonly torn: readonly number[]; readonly untorn: readonly number[] };
  /** Changes that were volatile, and those that are both lost in some checked image and kept in some. */
  readonly fates: Share & { readonly neverLost: readonly number[]; readonly neverKept: readonly number[] };
}

/**
 * What a power cut left of that which was volatile: all, nothing, what came first, or something without what came before
 * it. Besides, an image may hold a part of a write, old bytes of the disk, or garbage.
 */
export const SURVIVOR_CLASSES = ['kept', 'lost', 'prefix', 'reordered', 'torn', 'stale', 'garbage'] as const;

/** A kind of crash image, by what survived of the writes that were not yet durable. */
export type SurvivorClass = (typeof SURVIVOR_CLASSES)[number];

/** Which kinds of crash images followed a call, and which of them were checked. */
export interface SiteSurvivors extends Site {
  /** Classes with at least one image. An image counts once at each cut that may leave it. */
  readonly classes: readonly {
    readonly class: SurvivorClass;
    readonly images: number;
    readonly checked: number;
    readonly violated: number;
  }[];
}

/** A call into the environment, by the line that makes it. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly operation: string;
}

/** One step on the way from a command to its durable effects. */
export interface PathStep {
  /** 1 for the first step of the life. */
  readonly step: number;
  /** 'open', 'write', 'datasync', 'acknowledged', 'outside', ... */
  readonly operation: string;
  /** In words: 'write 182 B to /data/00000001.log at 16'. */
  readonly label: string;
  readonly site?: Site;
  /** What cutting the power right after this step did. */
  readonly gap: {
    readonly images: number;
    readonly checked: number;
    readonly violated: number;
    /** Invariants broken by some image of this gap. */
    readonly invariants: readonly string[];
  };
}

/** A place on the way of a call. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  /** In an installed package, or in the store of this one: not what the reader wrote. */
  readonly library?: true;
}

/** Some lines of a source file. */
export interface SourceExcerpt {
  readonly file: string;
  /** The number of the first line. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** What a replay found. */
export interface ReplayResult {
  readonly schemaVersion: typeof RESULT_SCHEMA_VERSION;
  readonly suite: string;
  /** The file the suite is from, as named on the command line; absent for a shipped suite. */
  readonly file?: string;
  readonly token: string;
  readonly digest: string;
  /** The run came out exactly as when the token was made. */
  readonly same: boolean;
  /** Where it did not, the first step that is another one, counted over all lives; absent where no step tells. */
  readonly differsAt?: number;
  readonly story: string;
  /** By line of the story: the step that it is about, counted over all lives from 1; 0 where it is about none. */
  readonly storySteps?: readonly number[];
  readonly violated: readonly Pick<Violation, 'invariant' | 'message' | 'expected' | 'actual'>[];
  /** The files that the first life finds; absent where the suite prepares none. */
  readonly prepared?: readonly FoundFile[];
  /** One for each power cut that comes before the end of the trace. */
  readonly crashes: readonly PowerCut[];
  readonly trace: readonly TraceEntry[];
  /** The lines around each frame of the trace, as far as the sources are there. */
  readonly sources?: readonly SourceExcerpt[];
}

/** The smallest pieces of a disk that a power cut can tell apart: the bytes of a sector, a size, a name, permissions. */
export interface DiskCell {
  readonly path: string;
  readonly part: 'data' | 'size' | 'name' | 'mode';
  /** Which 512 bytes of the file, for `data`. */
  readonly sector?: number;
}

export interface CellChange extends DiskCell {
  /** Lost: a failed sync or a power cut took it. */
  readonly state: 'volatile' | 'durable' | 'lost';
  /** A number for the file, for as long as the life goes on. Of a name: the file it leads to from now on, 0 for none. */
  readonly inode?: number;
  /**
   * The new bytes of a sector in base64, without the zeros at its end. Absent where they stay as they are, and beyond the first
   * bytes that a replay keeps.
   */
  readonly bytes?: string;
  /** The new size of the file. */
  readonly size?: number;
}

/** One power cut of a replay: what was volatile, and what became of it. */
export interface PowerCut {
  /** The life it ends. */
  readonly life: number;
  /** A pending change of the disk, in words, and whether it survived. */
  readonly volatile: readonly { readonly what: string; readonly fate: 'survived' | 'lost' }[];
  /** The same, cell by cell. */
  readonly cells: readonly CellChange[];
  /** The files that the next life finds. */
  readonly found: readonly FoundFile[];
}

/** A file that a life finds when it starts. */
export interface FoundFile {
  readonly path: string;
  readonly size: number;
  /** As in {@link CellChange}. */
  readonly inode?: number;
  /** In base64, without the zeros at its end; absent beyond the first bytes that a replay keeps. */
  readonly content?: string;
}

/** One step of a replay. */
export interface TraceEntry {
  readonly life: number;
  readonly step: number;
  /** Simulated milliseconds since the life began. */
  readonly timeMs: number;
  /** What the program's clock says then, in milliseconds since 1970. Absent in results of versions before it. */
  readonly clockMs?: number;
  /** Who: 'client', 'outside' (the world that an effect reached) or 'program'. */
  readonly actor: string;
  readonly operation: string;
  /** The path it was about; absent for what is no call to the file system. */
  readonly path?: string;
  readonly label: string;
  readonly result: Json;
  readonly site?: Site;
  /** The files that caused the call, outwards, also where a caller had not waited for it; last 'client' for a command of one. */
  readonly through?: readonly string[];
  /** The same with lines, one for each file, beginning with the call itself. */
  readonly frames?: readonly Frame[];
  /** What `observe` returned. */
  readonly observed?: Json;
  /** What it did to the disk, cell by cell. */
  readonly cells?: readonly CellChange[];
}
