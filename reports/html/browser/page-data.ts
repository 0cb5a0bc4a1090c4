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

/** A cell of the disk: the number of its path among the texts, its part, and its sector where the part is data. */
export type Cell = readonly [path: number, part: number, sector: number];

/** Numbers of texts, lanes and ways; line 0 stands for no place. Then come cell and state in turn, for each cell that changed. */
export type Row = readonly [
  life: number,
  step: number,
  timeMs: number,
  lane: number,
  operation: number,
  label: number,
  result: number,
  file: number,
  line: number,
  way: number,
  ...changes: number[],
];

/** Where the changes begin in a row. */
export const ROW_CHANGES = 10;

export interface Crash {
  /** Path and size in turn, for each file found after the power cut. */
  readonly found: readonly number[];
  /** Cell and state in turn, for each cell that the power cut changed. */
  readonly cells: readonly number[];
  /** Texts: writes that were lost, and writes that survived without fsync. */
  readonly lost: readonly number[];
  readonly kept: readonly number[];
}

/** What the timeline shows, in a block with the id `trace`: numbers, and each text once. */
export interface TimelineData {
  readonly lanes: readonly string[];
  readonly texts: readonly string[];
  readonly cells: readonly Cell[];
  /** By power cut. */
  readonly crashes: readonly Crash[];
  /** Through which lanes steps were made, the outermost first. */
  readonly ways: readonly (readonly number[])[];
  readonly rows: readonly Row[];
}
