/** The frame of every page: header, list of pages, content, list of headings. */
import { posix } from 'node:path';
import { escapeHtml } from './markdown/escape.js';
import type { Heading, Rendered } from './markdown/markdown.js';

export interface Linked {
  /** In the site. */
  readonly path: string;
  readonly label: string;
}

export interface LinkedGroup {
  readonly title: string;
  readonly entries: readonly Linked[];
}

export interface PageOptions {
  /** In the site. */
  readonly path: string;
  readonly rendered: Rendered;
  readonly navigation: readonly LinkedGroup[];
  /** The page of the list that this one belongs to: itself, or the one above it. */
  readonly current: string;
  readonly previous: Linked | undefined;
  readonly next: Linked | undefined;
  /** Where the text of the page stands, for readers who want to change it. */
  readonly editUrl: string | undefined;
}

/** The address of `to` on the page `from`; both are paths in the site. */
const relativeUrl = (from: string, to: string): string => {
  const url = posix.relative(posix.dirname(from), to);
  return url === '' ? posix.basename(to) : url;
};

const link = ({ path, navigation, current }: PageOptions): string =>
  navigation
    .map(({ title, entries }) => {
      const isOpen = entries.some((entry) => entry.path === current);
      const items = entries.map((entry) => {
        const mark =
          entry.path === path ? ' aria-current="page"' : entry.path === current ? ' class="above"' : '';
        return `<li><a href="${relativeUrl(path, entry.path)}"${mark}>${escapeHtml(entry.label)}</a></li>`;
      });
      return `<details${isOpen ? ' open' : ''}><summary>${escapeHtml(title)}</summary><ul>${items.join('')}</ul></details>`;
    })
    .join('\n');

/** Fewer headings than this need no list. */
const HEADINGS_MIN = 3;
/** More of the third level than this make a list that is longer than the page. */
const DETAILS_MAX = 14;

const contents = (headings: readonly Heading[]): string => {
  const inner = headings.filter(({ level }) => level === 2 || level === 3);
  const shown = inner.length > DETAILS_MAX ? inner.filter(({ level }) => level === 2) : inner;
  if (shown.length < HEADINGS_MIN) return '';
  const items = shown.map(
    ({ level, text, id }) => `<li class="level-${level}"><a href="#${id}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${items.join('')}</ul></nav>`;
};

const step = (from: string, name: string, words: string, to: Linked | undefined): string =>
  to === undefined
    ? ''
    : `<a class="${name}" href="${relativeUrl(from, to.path)}"><small>${words}</small> ${escapeHtml(to.label)}</a>`;

const ICON_SEARCH =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M11 11l3.5 3.5M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg>';
const ICON_THEME =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/></svg>';

/** One page as HTML. Its links are relative, so the site works from any folder and from file://. */
export const renderPage = (options: PageOptions): string => {
  const { path, rendered, previous, next, editUrl } = options;
  const root = relativeUrl(path, 'index.html').replace(/index\.html$/, '');
  const isHome = path === 'index.html';
  const title = isHome ? 'Powercut' : `${rendered.title} · Powercut`;
  const list = contents(rendered.headings);
  const edit =
    editUrl === undefined ? '' : `<a class="edit" href="${escapeHtml(editUrl)}">Edit this page on GitHub</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(rendered.summary)}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}assets/site.css">
<script src="${root}assets/theme.js"></script>
<script defer src="${root}assets/site.js"></script>
</head>
<body data-root="${root}">
<a class="skip" href="#site-content">Skip to the content</a>
<header>
<a class="brand" href="${root}index.html"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M9.2 1 3 9.2h4L6.4 15 13 6.4H8.6z" fill="currentColor"/></svg>Powercut</a>
<button type="button" class="search-open" hidden aria-haspopup="dialog" aria-label="Search">${ICON_SEARCH}<span>Search</span><kbd>/</kbd></button>
<button type="button" class="icon theme" hidden aria-label="Switch between light and dark">${ICON_THEME}</button>
<a class="source" href="https://github.com/powercut/powercut">GitHub</a>
<button type="button" class="menu" hidden aria-expanded="false" aria-controls="site-pages">Menu</button>
</header>
<div class="layout${list === '' ? ' wide' : ''}">
<nav class="pages" id="site-pages" aria-label="Pages">
${link(options)}
</nav>
<main id="site-content" tabindex="-1">
<article${isHome ? ' class="home"' : ''}>
${rendered.html}</article>
<footer>
<nav class="steps" aria-label="Next and previous page">${step(path, 'previous', 'Previous', previous)}${step(path, 'next', 'Next', next)}</nav>
${edit}
</footer>
</main>
${list}
</div>
</body>
</html>
`;
};
