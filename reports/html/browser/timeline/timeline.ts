/** The timeline of one run: draws the rows in view, moves among them, and keeps all that is beside them in step. */
import { printableLine } from '../../../format.js';
import { byId, make } from '../dom.js';
import type { TimelineData } from '../page-data.js';
import { showDetail } from './detail.js';
import { showDisk } from './disk-view.js';
import { drawRow, isNarrow, laneGap, lanesShown, laneX, ROW_PIXELS, steps } from './rows.js';
import { showSource } from './source-view.js';
import { StoryView } from './story-view.js';
import { stepNumber, type Trace, traceOf } from './trace.js';

/** Rows drawn above and below those in view. Each frame of a leap lays out all of them. */
const BEYOND = 2;
/** Where lanes are closer, slanted names would lie on each other. */
const SLANTED_PIXELS_MIN = 28;

const board = byId('rows');

/** Where the reader is in a run: a step by its number over all lives, or a power cut by its number; 0 is the first power-on. */
export type Place = { readonly step: number } | { readonly cut: number };

export class Timeline {
  private readonly trace: Trace;
  private readonly story: StoryView;
  /** The rows in the document, by position. */
  private readonly drawn = new Map<number, HTMLElement>();
  private selected = 0;
  private isDrawing = false;

  /** @param onSelect called with each place that is selected */
  constructor(
    data: TimelineData,
    private readonly onSelect: (place: Place) => void,
  ) {
    this.trace = traceOf(data);
    this.story = new StoryView(this.trace, (step) => this.selectStep(step));
    board.replaceChildren();
    this.layOut();
  }

  /** Selects a place, or else the last power cut: what the reader came for. */
  start(place: Place | undefined): void {
    const { bands } = this.trace;
    if (place === undefined) this.select(bands.length > 1 ? (bands.at(-1) ?? 0) : 0);
    else if ('step' in place) this.selectStep(place.step);
    else this.select(bands[place.cut] ?? 0);
  }

  selectStep(step: number): void {
    const { steps: positions } = this.trace;
    this.select(positions[Math.min(Math.max(1, step), positions.length) - 1] ?? 0);
  }

  /** Where a key leads, by position; undefined for a key that does not move. */
  private target(key: string): number | undefined {
    const { selected } = this;
    const { bands, items } = this.trace;
    const page = Math.max(1, Math.floor(steps.clientHeight / ROW_PIXELS) - 1);
    switch (key) {
      case 'ArrowDown':
      case 'ArrowRight':
      case 'j':
        return selected + 1;
      case 'ArrowUp':
      case 'ArrowLeft':
      case 'k':
        return selected - 1;
      case 'PageDown':
        return selected + page;
      case 'PageUp':
        return selected - page;
      case 'Home':
        return 0;
      case 'End':
        return items.length - 1;
      case 'c':
        return bands.find((band) => band > selected) ?? selected;
      case 'C':
        return bands.findLast((band) => band < selected) ?? selected;
      default:
        return undefined;
    }
  }

  /** Moves as a key says. False where the key does not move. */
  move(key: string): boolean {
    const target = this.target(key);
    if (target !== undefined) this.select(target);
    return target !== undefined;
  }

  select(position: number): void {
    const { items } = this.trace;
    this.selected = Math.min(items.length - 1, Math.max(0, position));
    this.bringIntoView();
    this.draw(true);
    const item = items[this.selected];
    if (item === undefined) return;
    const step = stepNumber(item);
    byId('position').textContent =
      `Step ${step.toLocaleString('en-US')} of ${this.trace.steps.length.toLocaleString('en-US')}`;
    showDisk(this.trace, item);
    showDetail(this.trace, item, (number) => this.selectStep(number));
    showSource(this.trace, item);
    this.story.mark(step);
    this.onSelect(item.kind === 'band' ? { cut: item.number - 1 } : { step });
  }

  /** A row just out of view is brought in; after a leap the row is shown amid what is around it. */
  private bringIntoView(): void {
    const top = this.selected * ROW_PIXELS;
    const above = top - steps.scrollTop;
    const room = steps.clientHeight;
    if (above < -2 * ROW_PIXELS || above > room + 2 * ROW_PIXELS) steps.scrollTop = top - room / 2;
    else if (above < 0) steps.scrollTop = top;
    else if (above + ROW_PIXELS > room) steps.scrollTop = top + ROW_PIXELS - room;
  }

  /** Draws the rows in view. Those that are drawn already stay as they are, unless `all` are to be replaced. */
  private draw(all: boolean): void {
    const { drawn, selected, trace } = this;
    const { scrollTop, clientHeight } = steps;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PIXELS) - BEYOND);
    const last = Math.min(trace.items.length, Math.ceil((scrollTop + clientHeight) / ROW_PIXELS) + BEYOND);
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
        element = drawRow(trace, position, position === selected);
        drawn.set(position, element);
        board.insertBefore(element, next);
      }
      next = element;
    }
    if (selected >= first && selected < last) steps.setAttribute('aria-activedescendant', `row-${selected}`);
    else steps.removeAttribute('aria-activedescendant');
  }

  /** Draws what came into view, at most once a frame. */
  scrolled(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      this.draw(false);
    });
  }

  layOut(): void {
    const { trace } = this;
    const lanes = lanesShown(trace);
    const track = board.closest('.track');
    track?.classList.toggle('narrow', isNarrow());
    track?.classList.toggle('close', laneGap(lanes.length) < SLANTED_PIXELS_MIN);
    board.style.height = `${trace.items.length * ROW_PIXELS}px`;
    board.style.setProperty('--row', `${ROW_PIXELS}px`);
    board.style.setProperty('--what', `${laneX(trace, lanes.length) + 4}px`);
    const names = lanes.map((lane, index) => {
      const name = make('span', '', printableLine(lane));
      name.style.left = `${laneX(trace, index)}px`;
      return name;
    });
    byId('lanes').replaceChildren(...names);
    board.style.backgroundImage = lanes.map(() => 'linear-gradient(var(--line), var(--line))').join(', ');
    board.style.backgroundPosition = lanes
      .map((_lane, index) => `${Math.round(laneX(trace, index))}px 0`)
      .join(', ');
    this.bringIntoView();
    this.draw(true);
  }
}
