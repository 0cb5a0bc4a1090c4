/** A run, and the items that the reader walks through: every step, and a band before the first of each life. */
import { printableLine } from '../../../format.js';
import { NONE, type Row, type TimelineData } from '../page-data.js';

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
  /** Number of its life, from 1. */
  readonly life: number;
  /** Number within its life, from 1. */
  readonly step: number;
}

export type Item = Band | Step;

export interface Trace {
  readonly data: TimelineData;
  readonly items: readonly Item[];
  /** Positions of the bands among the items. */
  readonly bands: readonly number[];
  /** Positions of the steps among the items, by index of their rows. */
  readonly steps: readonly number[];
  /** Indices of the rows at which `observe` returned something. */
  readonly observed: readonly number[];
}

const itemsOf = ({ lives, rows }: TimelineData): readonly Item[] =>
  lives.flatMap((firstRow, life): readonly Item[] => {
    const number = life + 1;
    const steps = rows.slice(firstRow, lives[number] ?? rows.length);
    const band: Band = { kind: 'band', number, firstRow };
    return [
      band,
      ...steps.map(
        (row, step): Step => ({ kind: 'step', index: firstRow + step, row, life: number, step: step + 1 }),
      ),
    ];
  });

/** The number of the text that `observe` returned; NONE where it was not called. */
export const observedIn = (row: Row): number => row[7];

/** Cost: linear in the steps. */
export const traceOf = (data: TimelineData): Trace => {
  const items = itemsOf(data);
  const bands: number[] = [];
  const steps: number[] = [];
  for (const [position, { kind }] of items.entries()) (kind === 'band' ? bands : steps).push(position);
  const observed = data.rows.flatMap((row, index) => (observedIn(row) === NONE ? [] : [index]));
  return { data, items, bands, steps, observed };
};

/** A text of the trace on one line, with control and format characters made visible. */
export const textOf = ({ data }: Trace, number: number): string => printableLine(data.texts[number] ?? '');

export const bandText = ({ number }: Band): string =>
  number === 1 ? 'Power on' : `Power cut ${number - 1}, power on`;

/** The number of a step over all lives, from 1; of a band, that of the step before it, or of the first. */
export const stepNumber = (item: Item): number =>
  item.kind === 'step' ? item.index + 1 : Math.max(1, item.firstRow);
