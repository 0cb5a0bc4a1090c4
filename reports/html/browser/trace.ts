/** The trace in the page, and the items that the reader walks through: every step, and a band before the first of each life. */
import { printableLine } from '../../format.js';
import { byId } from './dom.js';
import type { Row, TimelineData } from './page-data.js';

// The timeline wrote this block as such an object, in timeline/timeline.ts.
export const trace: TimelineData = JSON.parse(byId('trace').textContent);

/** A power-on: the first has number 1. */
export interface Band {
  readonly kind: 'band';
  readonly number: number;
  /** Index of the life's first row. */
  readonly firstRow: number;
}

export interface Step {
  readonly kind: 'step';
  /** Index of its row. */
  readonly index: number;
  readonly row: Row;
}

export type Item = Band | Step;

const itemsOf = (rows: readonly Row[]): readonly Item[] => {
  const items: Item[] = [];
  let bands = 0;
  let life: number | undefined;
  for (const [index, row] of rows.entries()) {
    if (row[0] !== life) {
      life = row[0];
      bands += 1;
      items.push({ kind: 'band', number: bands, firstRow: index });
    }
    items.push({ kind: 'step', index, row });
  }
  return items;
};

export const items: readonly Item[] = itemsOf(trace.rows);

/** Positions of the bands among the items. */
export const bandPositions: readonly number[] = items.flatMap(({ kind }, position) =>
  kind === 'band' ? [position] : [],
);

/** A text of the trace on one line, with control and format characters made visible. */
export const textOf = (number: number): string => printableLine(trace.texts[number] ?? '');

export const bandText = ({ number }: Band): string =>
  number === 1 ? 'Power on' : `Power cut ${number - 1}, power on`;
