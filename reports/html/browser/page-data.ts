/** What the pages hand to their scripts as JSON: shared by the side that writes it and the side that reads it. */

/** One plot of the report, in a block with the id `plots`. */
export interface Plot {
  /** Lengths of the workload, in commands. */
  readonly x: readonly number[];
  /** By suite: its figure at each length; null where it has none. */
  readonly lines: readonly (readonly (number | null)[])[];
}

/** Parts of a file and states of a cell, in the order of their numbers below. */
export const PARTS = ['name', 'size', 'mode', 'data'] as const;
export const STATES = ['durable', 'volatile', 'lost'] as const;

/** A cell of the disk: the number of its path among the texts, its part, its sector where the part is data, and its i-node. */
export type Cell = readonly [path: number, part: number, sector: number, inode: number];

/**
 * What the program's clock says, in milliseconds after the clock of its life. Numbers of texts, lanes, ways and frame lists. `observed` is the number of a text, or -1. Then come cell, state and value in
 * turn, for each cell that changed.
 */
export type Row = readonly [
  timeMs: number,
  lane: number,
  operation: number,
  label: number,
  result: number,
  way: number,
  frames: number,
  observed: number,
  ...changes: number[],
];

/** Where the changes begin in a row, and how many numbers each has: cell, state, and the new size or text of bytes, or -1. */
export const ROW_CHANGES = 8;
export const CHANGE_NUMBERS = 3;
/** In the place of a value or text: there is none. */
export const NONE = -1;

/** Path, size, i-node and text of bytes in turn, for each file found after a power cut. */
export const FOUND_NUMBERS = 4;

export interface Crash {
  readonly found: readonly number[];
  /** Cell, state and value in turn, for each cell that the power cut changed. */
  readonly cells: readonly number[];
  /** Texts: writes that were lost, and writes that survived without fsync. */
  readonly lost: readonly number[];
  readonly kept: readonly number[];
}

/** A line of the story: its text, and the step it is about, from 1 over all lives; 0 for none. */
export type StoryItem = readonly [text: number, step: number];

/** Lines of a file: its path, the number of the first line, and the texts. */
export type Excerpt = readonly [file: number, line: number, ...lines: number[]];

/** What the timeline shows, in a block with the id of the run: numbers, and each text once. Bytes are texts in base64. */
export interface TimelineData {
  /** As `found` of a crash: the files that the first life finds. */
  readonly prepared: readonly number[];
  readonly lanes: readonly string[];
  readonly texts: readonly string[];
  readonly cells: readonly Cell[];
  /** By power cut. */
  readonly crashes: readonly Crash[];
  /** Through which lanes steps were made, the outermost first. */
  readonly ways: readonly (readonly number[])[];
  /** Indices of the first rows of lives. */
  readonly lives: readonly number[];
  /** What the clock says when each of them begins, in milliseconds since 1970; -1 where that is not known. */
  readonly clocks: readonly number[];
  /** File, line and 1 for a library in turn, the innermost first. */
  readonly frames: readonly (readonly number[])[];
  readonly sources: readonly Excerpt[];
  readonly story: readonly StoryItem[];
  readonly rows: readonly Row[];
}

/** What the report's script needs to know of a run. Its data is in the block of the same index. */
export interface RunEntry {
  readonly id: string;
  /** 'orders survive: projection-equality, no-loss'. */
  readonly title: string;
  readonly command: string;
}
