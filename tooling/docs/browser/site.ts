/** Makes the pages comfortable: search, theme, menu, copy buttons, the current heading. Without it they are plain pages. */
import { chooseTheme, chosenTheme } from './chosen-theme.js';
import { setUpSearch } from './search.js';

const setUpTheme = (button: HTMLButtonElement): void => {
  const isDark = (): boolean =>
    (chosenTheme() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  button.hidden = false;
  button.addEventListener('click', () => chooseTheme(isDark() ? 'light' : 'dark'));
};

const setUpMenu = (button: HTMLButtonElement): void => {
  const show = (isOpen: boolean): void => {
    document.body.classList.toggle('menu-open', isOpen);
    button.setAttribute('aria-expanded', String(isOpen));
  };
  button.hidden = false;
  button.addEventListener('click', () => show(!document.body.classList.contains('menu-open')));
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !document.body.classList.contains('menu-open')) return;
    show(false);
    button.focus();
  });
};

const COPIED_MS = 1500;

const setUpCopying = (figure: HTMLElement): void => {
  const code = figure.querySelector('code');
  if (code === null || figure.querySelector('.story') !== null) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.textContent ?? '').then(
      () => {
        button.textContent = 'Copied';
      },
      () => {
        // No clipboard, as in some browsers from file://: the text is selected, for Ctrl+C.
        getSelection()?.selectAllChildren(code);
        button.textContent = 'Selected';
      },
    );
    setTimeout(() => {
      button.textContent = 'Copy';
    }, COPIED_MS);
  });
  figure.append(button);
};

/** Marks the heading that the reader is at in the list of headings. */
const followHeadings = (links: readonly HTMLAnchorElement[]): void => {
  const headings = links.flatMap(
    (link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) ?? [],
  );
  const mark = (): void => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const id = (passed.at(-1) ?? headings[0])?.id;
    for (const link of links) link.classList.toggle('current', decodeURIComponent(link.hash.slice(1)) === id);
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
};

const start = (): void => {
  const theme = document.querySelector<HTMLButtonElement>('button.theme');
  const menu = document.querySelector<HTMLButtonElement>('button.menu');
  const search = document.querySelector<HTMLButtonElement>('button.search-open');
  if (theme !== null) setUpTheme(theme);
  if (menu !== null) setUpMenu(menu);
  if (search !== null) setUpSearch(search, document.body.dataset.root ?? '');
  for (const figure of document.querySelectorAll<HTMLElement>('figure.code')) setUpCopying(figure);
  followHeadings([...document.querySelectorAll<HTMLAnchorElement>('.contents a')]);
  document.querySelector('nav.pages [aria-current]')?.scrollIntoView({ block: 'nearest' });
};

start();
