/** What surrounds a timeline: its keys and buttons, and the address that leads back to a place in it. */
import { byId } from './dom.js';
import { numberIn, readHash, writeHash } from './hash.js';
import type { TimelineData } from './page-data.js';
import { steps } from './timeline/rows.js';
import { type Place, Timeline } from './timeline/timeline.js';

/** Keys that scroll whatever has the focus: they move in the run only where the list of steps has it. */
const OF_LIST: ReadonlySet<string> = new Set(['PageUp', 'PageDown', 'Home', 'End']);
const TYPING = 'input, select, textarea';

const placeIn = (hash: URLSearchParams): Place | undefined => {
  const [step, cut] = [numberIn(hash, 'step'), numberIn(hash, 'cut')];
  if (step !== undefined) return { step };
  return cut === undefined ? undefined : { cut };
};

const hashTo = (run: string, place: Place): string => {
  const hash = new URLSearchParams(run === '' ? [] : [['run', run]]);
  if ('step' in place) hash.set('step', String(place.step));
  else hash.set('cut', String(place.cut));
  return `#${hash}`;
};

export class Viewer {
  private timeline: Timeline | undefined;
  private run: string | undefined;

  constructor() {
    const viewer = byId('viewer');
    document.addEventListener('keydown', (event) => this.pressed(event));
    for (const button of viewer.querySelectorAll<HTMLButtonElement>('button[data-key]'))
      button.addEventListener('click', () => this.timeline?.move(button.dataset.key ?? ''));
    steps.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('[data-position]') : null;
      if (row !== null) this.timeline?.select(Number(row.dataset.position));
    });
    steps.addEventListener('scroll', () => this.timeline?.scrolled());
    addEventListener('resize', () => {
      if (this.isShown) this.timeline?.layOut();
    });
  }

  private get isShown(): boolean {
    return byId('viewer').closest('[hidden]') === null;
  }

  private pressed(event: KeyboardEvent): void {
    const { key, target } = event;
    if (!this.isShown || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || target.closest(TYPING) !== null) return;
    if (OF_LIST.has(key) && target !== steps) return;
    if (key.startsWith('Arrow') && target !== steps && target.closest('.scroll, #story') !== null) return;
    if (this.timeline?.move(key) === true) event.preventDefault();
  }

  /** Shows a run at the place that the address names. `run` is its id; '' where the page has one run only. */
  show(run: string, data: () => TimelineData): void {
    if (this.run !== run) this.timeline = new Timeline(data(), (place) => writeHash(hashTo(run, place)));
    else this.timeline?.layOut();
    this.run = run;
    this.timeline?.start(placeIn(readHash()));
  }
}
