/** The filter of the report: which suites and failures are shown, and the address that restores it. */
import { byId } from './dom.js';
import { hashOf } from './hash.js';

const NAMES = ['q', 'status', 'suite', 'invariant'] as const;
type Wanted = Readonly<Record<(typeof NAMES)[number], string>>;

const fieldOf = (name: string): HTMLInputElement | HTMLSelectElement => {
  const field = byId(`filter-${name}`);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) return field;
  throw new TypeError(`The page has no field #filter-${name}.`);
};

const fieldValue = (name: (typeof NAMES)[number]): string => fieldOf(name).value.trim();

const wanted = (): Wanted => ({
  q: fieldValue('q'),
  status: fieldValue('status'),
  suite: fieldValue('suite'),
  invariant: fieldValue('invariant'),
});

/** Texts of the items in lower case, made once: a long report is searched at each key. */
const texts = new WeakMap<HTMLElement, string>();

const textOf = (item: HTMLElement): string => {
  const known = texts.get(item) ?? item.textContent.toLowerCase();
  texts.set(item, known);
  return known;
};

const fits = (item: HTMLElement, { q, status, suite, invariant }: Wanted): boolean => {
  const { dataset } = item;
  // One name a line: names that hold a line feed are shown with it escaped.
  const invariants = (dataset.invariants ?? '').split('\n');
  return (
    (status === '' || dataset.status === status) &&
    (suite === '' || dataset.suite === suite) &&
    (invariant === '' || invariants.includes(invariant)) &&
    (q === '' || textOf(item).includes(q.toLowerCase()))
  );
};

const apply = (): void => {
  const filter = wanted();
  const items = [...document.querySelectorAll<HTMLElement>('[data-status]')];
  for (const item of items) item.hidden = !fits(item, filter);
  for (const group of document.querySelectorAll<HTMLElement>('[data-group]'))
    group.hidden = group.querySelector('[data-status]:not([hidden])') === null;
  const suites = items.filter((item) => item.matches('tr'));
  const shown = suites.filter(({ hidden }) => !hidden).length;
  const isOn = Object.values(filter).some((value) => value !== '');
  byId('filter-count').textContent = isOn ? `${shown} of ${suites.length} suites` : '';
  byId('filter-clear').hidden = !isOn;
};

/** The address of the page as it is filtered. */
export const filterHash = (): string => hashOf({ ...wanted() });

/** Filters as an address says. */
export const restoreFilter = (hash: URLSearchParams): void => {
  for (const name of NAMES) fieldOf(name).value = hash.get(name) ?? '';
  apply();
};

/** @param onChange called after each change by the reader */
export const startFilter = (onChange: () => void): void => {
  byId('filter').hidden = false;
  const changed = (): void => {
    apply();
    onChange();
  };
  byId('filter').addEventListener('input', changed);
  byId('filter').addEventListener('submit', (event) => event.preventDefault());
  byId('filter-clear').addEventListener('click', () => {
    restoreFilter(new URLSearchParams());
    onChange();
    byId('filter-q').focus();
  });
};
