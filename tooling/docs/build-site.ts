/** The site from the documents of the project and from its API reference: all pages, by path. Writes nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from '../sources.js';
import { apiDocuments } from './api-reference.js';
import { assets } from './assets.js';
import { brokenLinks, type Site } from './check-links.js';
import type { Document } from './document.js';
import { withGenerated } from './generated/generated.js';
import { createHighlighter, type Highlighter } from './markdown/highlight.js';
import { type Rendered, renderMarkdown } from './markdown/markdown.js';
import { ENTRIES, HOME, NAVIGATION } from './navigation.js';
import { type Linked, renderPage } from './page.js';
import { searchIndex } from './search-index.js';

const REPOSITORY = 'https://github.com/powercut/powercut';

export interface Built {
  readonly site: Site;
  /** One sentence for each broken link and each document that the navigation lacks. Empty: the site is whole. */
  readonly faults: readonly string[];
}

/** The documents of the project, in order of path. */
export const projectDocuments = (): readonly Document[] =>
  [
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ]
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => ({ path, markdown: readFileSync(join(ROOT, path), 'utf8') }));

/** `docs/a/README.md` becomes `a/index.html`. */
export const pathInSite = (path: string): string =>
  path
    .replace(/^docs\//, '')
    .replace(/(^|\/)README\.md$/, '$1index.html')
    .replace(/\.md$/, '.html')
    .toLowerCase();

const SCHEME = /^[a-z][a-z+.-]*:/i;

/** The address of a link's target: a page, a picture, a file on GitHub. */
const resolver =
  (from: string, pages: ReadonlySet<string>, faults: string[]) =>
  (target: string): string => {
    if (SCHEME.test(target) || target.startsWith('#')) return target;
    const [path = '', anchor] = target.split('#', 2);
    const to = posix.normalize(posix.join(posix.dirname(from), path));
    const suffix = anchor === undefined ? '' : `#${anchor}`;
    const isPage = pages.has(to);
    if (isPage || to.endsWith('.png')) {
      const [here, there] = [pathInSite(from), isPage ? pathInSite(to) : to.replace(/^docs\//, '')];
      return posix.relative(posix.dirname(here), there) + suffix || posix.basename(there);
    }
    if (!existsSync(join(ROOT, to))) faults.push(`${from}: link to ${target}: there is no file ${to}`);
    return `${REPOSITORY}/blob/main/${to}${suffix}`;
  };

/** The pictures of the documents, by path in the site. */
const pictures = (): Site =>
  new Map(
    readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.png'))
      .map((name) => [name, readFileSync(join(ROOT, 'docs', name))]),
  );

interface Page extends Document {
  readonly rendered: Rendered;
}

const renderAll = (
  documents: readonly Document[],
  highlighter: Highlighter,
  faults: string[],
): ReadonlyMap<string, Page> => {
  const known = new Set(documents.map(({ path }) => path));
  const pages = documents.map(({ path, markdown }) => {
    const resolve = resolver(path, known, faults);
    return [path, { path, markdown, rendered: renderMarkdown(markdown, { resolve, highlighter }) }] as const;
  });
  return new Map(pages);
};

/** The entry of the navigation that a page belongs to: the nearest above it. */
const entryOf = (path: string): string => {
  if (ENTRIES.some((entry) => entry.path === path)) return path;
  const folder = posix.dirname(path);
  const readme = posix.join(path.endsWith('README.md') ? posix.dirname(folder) : folder, 'README.md');
  return folder === '.' ? HOME : entryOf(readme);
};

const linkedTo = (pages: ReadonlyMap<string, Page>) => {
  const linked = (path: string, label: string | undefined): Linked => ({
    path: pathInSite(path),
    label: label ?? pages.get(path)?.rendered.title ?? path,
  });
  return {
    navigation: NAVIGATION.map(({ title, entries }) => ({
      title,
      entries: entries.map(({ path, label }) => linked(path, label)),
    })),
    neighbour: (path: string, distance: 1 | -1): Linked | undefined => {
      const at = ENTRIES.findIndex((entry) => entry.path === path);
      const entry = at === -1 ? undefined : ENTRIES[at + distance];
      return entry && linked(entry.path, entry.label);
    },
  };
};

const missing = (pages: ReadonlyMap<string, Page>): readonly string[] => [
  ...ENTRIES.filter(({ path }) => !pages.has(path)).map(
    ({ path }) => `tooling/docs/navigation.ts names ${path}, which does not exist`,
  ),
  ...[...pages.keys()]
    .filter((path) => !path.startsWith('api/') && !ENTRIES.some((entry) => entry.path === path))
    .map((path) => `${path} stands in no group of tooling/docs/navigation.ts`),
];

/** Builds the site of these documents. Takes a second or two. @throws Error where a document has no heading */
export const buildPages = async (documents: readonly Document[]): Promise<Built> => {
  const faults: string[] = [];
  const highlighter = await createHighlighter();
  const complete = await Promise.all(
    documents.map(async ({ path, markdown }) => ({ path, markdown: await withGenerated(path, markdown) })),
  );
  const pages = renderAll(complete, highlighter, faults);
  const { navigation, neighbour } = linkedTo(pages);
  const html = [...pages.values()].map(({ path, rendered }) => {
    const page = {
      path: pathInSite(path),
      rendered,
      navigation,
      current: pathInSite(entryOf(path)),
      previous: neighbour(path, -1),
      next: neighbour(path, 1),
      editUrl: path.startsWith('api/') ? undefined : `${REPOSITORY}/edit/main/${path}`,
    };
    return [page.path, renderPage(page)] as const;
  });
  const index = searchIndex([...pages.values()].map((page) => ({ ...page, path: pathInSite(page.path) })));
  const site = new Map([
    ...html,
    ...pictures(),
    ...assets(highlighter.css()),
    ['assets/search-index.js', index],
  ]);
  return { site, faults: [...faults, ...missing(pages), ...brokenLinks(site)] };
};

/** Builds the whole site. Takes some 15 s, most of them for the API reference. @throws Error where an export has no docstring */
export const buildSite = async (): Promise<Built> =>
  buildPages([...projectDocuments(), ...(await apiDocuments())]);
