/** Rows and lanes: where they are, and one row as an element. */
import { byId, make } from '../dom.js';
import { CHANGE_NUMBERS, ROW_CHANGES, STATES } from '../page-data.js';
import { bandText, type Step, type Trace, textOf } from './trace.js';

/** Height of a row. */
export const ROW_PIXELS = 26;
const NARROW_PIXELS = 480;
/** Operations of those that talk to the store from outside. */
const HEARD: ReadonlySet<string> = new Set(['send', 'acknowledge', 'reject', 'outside']);

export const steps = byId('steps');

/** The disk is the last lane: what a step did to it, not who did it. */
export const lanesShown = ({ data }: Trace): readonly string[] => [...data.lanes, 'disk'];

export const isNarrow = (): boolean => steps.clientWidth < NARROW_PIXELS;
const left = (): number => (isNarrow() ? 46 : 72);
export const laneGap = (lanes: number): number =>
  Math.min(64, Math.max(14, (steps.clientWidth * 0.45 - left()) / lanes));

/** The middle of a lane, in pixels from the left. */
export const laneX = (trace: Trace, lane: number): number =>
  left() + laneGap(trace.data.lanes.length + 1) * (lane + 0.5);

const at = (trace: Trace, element: HTMLElement, lane: number): HTMLElement => {
  element.style.left = `${laneX(trace, lane)}px`;
  return element;
};

/** From whom a step came, through whom, to the lane that took it: a line, and a ring on each lane that it passes. */
const drawWay = (trace: Trace, way: readonly number[], lane: number): readonly HTMLElement[] => {
  if (way.length === 0) return [];
  const line = make('span', 'came');
  const ends = [...way, lane].map((one) => laneX(trace, one));
  line.style.left = `${Math.min(...ends)}px`;
  line.style.width = `${Math.max(...ends) - Math.min(...ends)}px`;
  return [line, ...way.map((through) => at(trace, make('span', 'by'), through))];
};

const drawStep = (trace: Trace, { row, index }: Step): readonly HTMLElement[] => {
  const { data } = trace;
  const [, lane, operation, label, result, way] = row;
  const hasFailed = data.texts[result]?.startsWith('"') === true;
  const isHeard = HEARD.has(data.texts[operation] ?? '');
  const drawn = [
    make('span', 'at', String(index + 1)),
    ...drawWay(trace, data.ways[way] ?? [], lane),
    at(trace, make('span', `dot${hasFailed ? ' failed' : isHeard ? ' heard' : ''}`), lane),
    make('span', 'what', textOf(trace, label)),
  ];
  if (row.length <= ROW_CHANGES) return drawn;
  const state = STATES[row[row.length - CHANGE_NUMBERS + 1] ?? 0] ?? '';
  return [...drawn, at(trace, make('i', `disk cell ${state}`), data.lanes.length)];
};

/** The row of the item at a position. */
export const drawRow = (trace: Trace, position: number, isSelected: boolean): HTMLElement => {
  const item = trace.items[position];
  const element = make('div', 'row');
  element.id = `row-${position}`;
  element.style.top = `${position * ROW_PIXELS}px`;
  element.setAttribute('role', 'option');
  element.setAttribute('aria-selected', String(isSelected));
  element.setAttribute('aria-posinset', String(position + 1));
  element.setAttribute('aria-setsize', String(trace.items.length));
  element.dataset.position = String(position);
  if (item?.kind === 'step') element.append(...drawStep(trace, item));
  if (item?.kind === 'band') {
    element.classList.add('band');
    element.classList.toggle('first', item.number === 1);
    element.textContent = bandText(item);
  }
  return element;
};
