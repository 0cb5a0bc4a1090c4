/** The report's script: views, filter, links and timelines. Without it the page shows all there is but the timelines. */
import { startCopying } from './copy.js';
import { byId } from './dom.js';
import { filterHash, restoreFilter, startFilter } from './filter.js';
import { forgetHash, hashOf, readHash, writeHash } from './hash.js';
import type { RunEntry, TimelineData } from './page-data.js';
import { Viewer } from './viewer.js';

const RESULTS = 'results';
const RUN = 'run';

// The report wrote this block as such a list, in report.ts.
const runs: readonly RunEntry[] = JSON.parse(byId('runs').textContent);
const views = [...document.querySelectorAll<HTMLElement>('[data-view]')];
const viewer = runs.length > 0 ? new Viewer() : undefined;
/** Where the reader came from into a run: the way back. */
let results = '#';

const showView = (name: string): void => {
  for (const view of views) view.hidden = view.dataset.view !== name;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a')) {
    if (link.dataset.to === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.body.classList.toggle('wide', name === RUN);
};

/** Opens what an element is folded in, and brings it into view. */
const reveal = (element: HTMLElement): void => {
  for (
    let fold = element.closest('details');
    fold !== null;
    fold = fold.parentElement?.closest('details') ?? null
  )
    fold.open = true;
  const own = element.querySelector('details');
  if (own !== null) own.open = true;
  element.scrollIntoView({ block: 'start' });
  for (const other of document.querySelectorAll('.target')) other.classList.remove('target');
  element.classList.add('target');
};

const withData = (name: string, value: string): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>(`[data-${name}]`)].find(
    ({ dataset }) => dataset[name] === value,
  );

const showRun = (id: string): boolean => {
  const index = runs.findIndex((run) => run.id === id);
  const run = runs[index];
  if (run === undefined || viewer === undefined) return false;
  showView(RUN);
  byId('run-title').textContent = run.title;
  byId('run-command').textContent = run.command;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-back]')) link.href = results;
  // The report wrote this block as such an object, in timeline/timeline-data.ts.
  viewer.show(id, () => JSON.parse(byId(`run-${index}`).textContent) as TimelineData);
  scrollTo(0, 0);
  return true;
};

/** Shows the element that the address names, if the page has it. */
const show = (): void => {
  forgetHash();
  const hash = readHash();
  const [run, failure, line] = [hash.get('run'), hash.get('failure'), hash.get('line')];
  if (run !== null && showRun(run)) return;
  const view = line === null ? (hash.get('view') ?? RESULTS) : 'tried';
  showView(views.some(({ dataset }) => dataset.view === view && view !== RUN) ? view : RESULTS);
  restoreFilter(hash);
  if (failure === null && line === null) {
    if (view === RESULTS) results = location.hash === '' ? '#' : location.hash;
    else scrollTo(0, 0);
    return;
  }
  const named = failure === null ? withData('line', line ?? '') : withData('failure', failure);
  if (named !== undefined) reveal(named);
  if (failure !== null) results = hashOf({ failure });
};

// An address is the state of the page here: the way past the header is no address.
document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
  event.preventDefault();
  byId('results').focus();
});
startCopying();
startFilter(() => {
  results = filterHash();
  writeHash(results);
});
addEventListener('hashchange', show);
show();

// Paper has no disclosure triangles.
const shut: HTMLDetailsElement[] = [];
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
    details.open = true;
    shut.push(details);
  }
});
addEventListener('afterprint', () => {
  for (const details of shut.splice(0)) details.open = false;
});
