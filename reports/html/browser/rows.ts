/** Rows and lanes: where they are, and one row as an element. */
import { byId, make } from './dom.js';
import { ROW_CHANGES, STATES } from './page-data.js';
import { bandText, items, type Step, textOf, trace } from './trace.js';

/** Height of a row. */
export const ROW_PIXELS = 26;
const NARROW_PIXELS = 480;
/** Operations of those that talk to the store from outside. */
const HEARD: ReadonlySet<string> = new Set(['send', 'acknowledge', 'reject', 'outside']);

export const steps = byId('steps');

/** The disk is the last lane: what a step did to it, not who did it. */
export const shownLanes: readonly string[] = [...trace.lanes, 'disk'];

export const isNarrow = (): boolean => steps.clientWidth < NARROW_PIXELS;
const left = (): number => (isNarrow() ? 46 : 72);
export const laneGap = (): number =>
  Math.min(64, Math.max(14, (steps.clientWidth * 0.45 - left()) / shownLanes.length));
/** The middle of a lane, in pixels from the left. */
export const laneX = (lane: number): number => left() + laneGap() * (lane + 0.5);

const at = (element: HTMLElement, lane: number): HTMLElement => {
  element.style.left = `${laneX(lane)}px`;
  return element;
};

/** From whom a step came, through whom, to the lane that took it: a line, and a ring on each lane that it passes. */
const drawWay = (way: readonly number[], lane: number): readonly HTMLElement[] => {
  if (way.length === 0) return [];
  const line = make('span', 'way');
  const ends = [...way, lane].map(laneX);
  line.style.left = `${Math.min(...ends)}px`;
  line.style.width = `${Math.max(...ends) - Math.min(...ends)}px`;
  return [line, ...way.map((through) => at(make('span', 'by'), through))];
};

const drawStep = ({ row }: Step): readonly HTMLElement[] => {
  const [, step, , lane, operation, label, result, , , way] = row;
  const hasFailed = trace.texts[result]?.startsWith('"') === true;
  const isHeard = HEARD.has(trace.texts[operation] ?? '');
  const drawn = [
    make('span', 'at', String(step)),
    ...drawWay(trace.ways[way] ?? [], lane),
    at(make('span', `dot${hasFailed ? ' failed' : isHeard ? ' heard' : ''}`), lane),
    make('span', 'what', textOf(label)),
  ];
  if (row.length <= ROW_CHANGES) return drawn;
  const state = STATES[row.at(-1) ?? 0] ?? '';
  return [...drawn, at(make('i', `disk cell ${state}`), trace.lanes.length)];
};

/** The row of the item at a position. */
export const drawRow = (position: number, isSelected: boolean): HTMLElement => {
  const item = items[position];
  const element = make('div', 'row');
  element.id = `row-${position}`;
  element.style.top = `${position * ROW_PIXELS}px`;
  element.setAttribute('role', 'option');
  element.setAttribute('aria-selected', String(isSelected));
  element.setAttribute('aria-posinset', String(position + 1));
  element.setAttribute('aria-setsize', String(items.length));
  element.dataset.position = String(position);
  if (item?.kind === 'step') element.append(...drawStep(item));
  if (item?.kind === 'band') {
    element.classList.add('band');
    element.classList.toggle('first', item.number === 1);
    element.textContent = bandText(item);
  }
  return element;
};
