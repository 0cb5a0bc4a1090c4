/** The search: a dialog with a field and a list, as the combobox pattern of ARIA has it. It loads its index when it is first opened. */
import MiniSearch, { type SearchResult } from 'minisearch';
import { FIELDS, type Found, SEARCH_OPTIONS } from './search-options.js';

declare global {
  var powercutIndex: string | undefined;
}

const SHOWN_MAX = 20;
const EXCERPT_BEFORE = 40;
const EXCERPT_LENGTH = 160;

/** MiniSearch adds the stored fields to each result, and its own types do not know them. */
type Hit = SearchResult & Found;

const load = (root: string): Promise<MiniSearch<Found>> =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${root}assets/search-index.js`;
    script.addEventListener('load', () =>
      resolve(
        MiniSearch.loadJSON(globalThis.powercutIndex ?? '', { ...SEARCH_OPTIONS, fields: [...FIELDS] }),
      ),
    );
    script.addEventListener('error', () => reject(new Error('The index of the search could not be loaded.')));
    document.head.append(script);
  });

/** The page of an export comes first if the query is its name. */
const EXACT_BOOST = 20;
const isNamed = ({ page, heading }: Found, query: string): boolean =>
  heading === '' && page.replace(/\(\)$/, '').toLowerCase() === query.toLowerCase();

const find = (index: MiniSearch<Found>, query: string): readonly Hit[] => {
  const hits = index.search(query, {
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
    boost: { heading: 4, page: 2 },
    boostDocument: (_id, _term, stored) => (stored?.api === 1 ? 0.2 : 1),
  }) as Hit[]; // the index stores these fields of each section
  const rank = (hit: Hit): number => hit.score * (isNamed(hit, query) ? EXACT_BOOST : 1);
  return hits.sort((left, right) => rank(right) - rank(left)).slice(0, SHOWN_MAX);
};

/** The text around the first word that was found, with every such word marked. */
const excerpt = ({ text, terms }: Hit): DocumentFragment => {
  const fragment = document.createDocumentFragment();
  const plain = text.replaceAll(/\s+/g, ' ');
  const words = terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // At the start of a word, as the search found it: 'sync' is not in 'async'.
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${words.join('|')})`, 'giu');
  const at = Math.max(0, plain.search(pattern) - EXCERPT_BEFORE);
  const shown = plain.slice(at, at + EXCERPT_LENGTH);
  fragment.append(at > 0 ? '…' : '');
  for (const [index, part] of shown.split(pattern).entries()) {
    if (index % 2 === 0) fragment.append(part);
    else fragment.append(Object.assign(document.createElement('mark'), { textContent: part }));
  }
  if (at + EXCERPT_LENGTH < plain.length) fragment.append('…');
  return fragment;
};

const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const optionOf = (hit: Hit, id: number, root: string): HTMLElement => {
  const where = hit.heading === '' ? hit.page : `${hit.page} › ${hit.heading}`;
  return element(
    'a',
    {
      href: root + hit.url,
      role: 'option',
      id: `search-found-${id}`,
      'aria-selected': 'false',
      tabindex: '-1',
    },
    element('strong', {}, where),
    element('span', {}, excerpt(hit)),
  );
};

interface Dialog {
  readonly dialog: HTMLDialogElement;
  readonly field: HTMLInputElement;
  readonly list: HTMLElement;
  readonly status: HTMLElement;
}

const makeDialog = (): Dialog => {
  const field = element('input', {
    type: 'search',
    role: 'combobox',
    'aria-label': 'Search the documentation',
    'aria-autocomplete': 'list',
    'aria-controls': 'search-found',
    'aria-expanded': 'false',
    placeholder: 'Search the documentation',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = element('div', { id: 'search-found', role: 'listbox', 'aria-label': 'Sections found' });
  const status = element('p', { role: 'status' });
  const close = element('button', { type: 'submit' }, 'Close');
  const form = element('form', { method: 'dialog' }, field, close);
  const dialog = element('dialog', { class: 'search', 'aria-label': 'Search' }, form, status, list);
  document.body.append(dialog);
  return { dialog, field, list, status };
};

/** The part that reacts to keys: which of the options is selected. */
const selection = ({ field, list }: Dialog) => {
  let selected = -1;
  const select = (next: number): void => {
    const options = [...list.children];
    options[selected]?.setAttribute('aria-selected', 'false');
    selected = options.length === 0 ? -1 : (next + options.length) % options.length;
    const option = options[selected];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option === undefined) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', option.id);
  };
  return {
    select,
    move: (by: 1 | -1): void => select(selected + by),
    follow: (): void => list.querySelector<HTMLElement>('[aria-selected="true"]')?.click(),
  };
};

const showResults = (parts: Dialog, hits: readonly Hit[], query: string, root: string): void => {
  const { field, list, status } = parts;
  list.replaceChildren(...hits.map((hit, index) => optionOf(hit, index, root)));
  field.setAttribute('aria-expanded', String(hits.length > 0));
  list.hidden = hits.length === 0;
  status.textContent = query === '' || hits.length > 0 ? '' : `Nothing found for “${query}”.`;
};

/** Lets the button, the key `/` and Ctrl+K open the search. */
export const setUpSearch = (button: HTMLButtonElement, root: string): void => {
  let index: Promise<MiniSearch<Found>> | undefined;
  let parts: Dialog | undefined;

  const setUp = (): Dialog => {
    const made = makeDialog();
    const { select, move, follow } = selection(made);
    const { dialog, field } = made;
    const search = async (): Promise<void> => {
      const query = field.value.trim();
      index ??= load(root);
      const hits = query === '' ? [] : find(await index, query);
      // A slow answer to an earlier query is no answer to this one.
      if (query !== field.value.trim()) return;
      showResults(made, hits, query, root);
      select(0);
    };
    const trySearch = (): void =>
      void search().catch((error: unknown) => {
        made.status.textContent = error instanceof Error ? error.message : String(error);
      });
    field.addEventListener('input', trySearch);
    field.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') move(1);
      else if (event.key === 'ArrowUp') move(-1);
      else if (event.key === 'Enter') follow();
      else return;
      event.preventDefault();
    });
    made.list.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
    showResults(made, [], '', root);
    return made;
  };

  const open = (): void => {
    parts ??= setUp();
    index ??= load(root);
    // A query shows the failure.
    index.catch(() => undefined);
    if (!parts.dialog.open) parts.dialog.showModal();
    parts.field.focus();
    parts.field.select();
  };
  button.hidden = false;
  button.addEventListener('click', open);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea') !== null;
    const isSlash = event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isControlK = event.key === 'k' && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isControlK) return;
    event.preventDefault();
    open();
  });
};
