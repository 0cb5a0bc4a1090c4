/** The timeline's script: draws the rows in view and moves among them. */
import { printableLine } from '../../format.js';
import { showDetail } from './detail.js';
import { showDisk } from './disk.js';
import { byId, make } from './dom.js';
import { drawRow, isNarrow, laneGap, laneX, ROW_PIXELS, shownLanes, steps } from './rows.js';
import { bandPositions, items } from './trace.js';

/** Rows drawn above and below those in view. Each frame of a leap lays out all of them. */
const BEYOND = 2;
/** Where lanes are closer, slanted names would lie on each other. */
const SLANTED_PIXELS_MIN = 28;

const board = byId('rows');
/** The rows in the document, by position. */
const drawn = new Map<number, HTMLElement>();
let selected = 0;

/** Draws the rows in view. Those that are drawn already stay as they are, unless `all` are to be replaced. */
const draw = (all: boolean): void => {
  const { scrollTop, clientHeight } = steps;
  const first = Math.max(0, Math.floor(scrollTop / ROW_PIXELS) - BEYOND);
  const last = Math.min(items.length, Math.ceil((scrollTop + clientHeight) / ROW_PIXELS) + BEYOND);
  for (const [position, element] of drawn) {
    if (!all && position >= first && position < last) continue;
    element.remove();
    drawn.delete(position);
  }
  // From the last to the first, so that each finds the one it stands before: a screen reader takes them in this order.
  let next: HTMLElement | null = null;
  for (let position = last - 1; position >= first; position--) {
    let element = drawn.get(position);
    if (element === undefined) {
      element = drawRow(position, position === selected);
      drawn.set(position, element);
      board.insertBefore(element, next);
    }
    next = element;
  }
  if (selected >= first && selected < last) steps.setAttribute('aria-activedescendant', `row-${selected}`);
  else steps.removeAttribute('aria-activedescendant');
};

const select = (position: number): void => {
  selected = Math.min(items.length - 1, Math.max(0, position));
  const top = selected * ROW_PIXELS;
  const above = top - steps.scrollTop;
  const room = steps.clientHeight;
  // A row just out of view is brought in; after a leap the row is shown amid what is around it.
  if (above < -2 * ROW_PIXELS || above > room + 2 * ROW_PIXELS) steps.scrollTop = top - room / 2;
  else if (above < 0) steps.scrollTop = top;
  else if (above + ROW_PIXELS > room) steps.scrollTop = top + ROW_PIXELS - room;
  draw(true);
  const item = items[selected];
  if (item === undefined) return;
  showDisk(item);
  showDetail(item);
};

const page = (): number => Math.max(1, Math.floor(steps.clientHeight / ROW_PIXELS) - 1);
const MOVES: ReadonlyMap<string, () => number> = new Map([
  ['ArrowDown', () => selected + 1],
  ['ArrowUp', () => selected - 1],
  ['PageDown', () => selected + page()],
  ['PageUp', () => selected - page()],
  ['Home', () => 0],
  ['End', () => items.length - 1],
  ['c', () => bandPositions.find((band) => band > selected) ?? selected],
  ['C', () => bandPositions.findLast((band) => band < selected) ?? selected],
]);

steps.addEventListener('keydown', (event) => {
  const move = MOVES.get(event.key);
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  select(move());
});

steps.addEventListener('click', ({ target }) => {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-position]') : null;
  if (row !== null) select(Number(row.dataset.position));
});

let isDrawing = false;
steps.addEventListener('scroll', () => {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw(false);
  });
});

const layOut = (): void => {
  const track = board.closest('.track');
  track?.classList.toggle('narrow', isNarrow());
  track?.classList.toggle('close', laneGap() < SLANTED_PIXELS_MIN);
  board.style.height = `${items.length * ROW_PIXELS}px`;
  board.style.setProperty('--row', `${ROW_PIXELS}px`);
  board.style.setProperty('--what', `${laneX(shownLanes.length) + 4}px`);
  const names = shownLanes.map((lane, index) => {
    const name = make('span', '', printableLine(lane));
    name.style.left = `${laneX(index)}px`;
    return name;
  });
  byId('lanes').replaceChildren(...names);
  board.style.backgroundImage = shownLanes.map(() => 'linear-gradient(var(--line), var(--line))').join(', ');
  board.style.backgroundPosition = shownLanes
    .map((_lane, index) => `${Math.round(laneX(index))}px 0`)
    .join(', ');
  draw(true);
};

addEventListener('resize', layOut);
layOut();
// The last power cut is what the reader came for.
select(bandPositions.length > 1 ? (bandPositions.at(-1) ?? 0) : 0);
