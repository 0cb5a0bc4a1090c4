/** Checks that every link of the site leads to a page and an anchor that the site has. */
import { posix } from 'node:path';

/** Path in the site, with `/` between folders, to the content. */
export type Site = ReadonlyMap<string, string | Uint8Array>;

interface Link {
  readonly from: string;
  readonly target: string;
}

const LINK = /\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;
const SCHEME = /^[a-z][a-z+.-]*:/i;

const decode = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => decode(found));

const pagesOf = (site: Site): readonly (readonly [string, string])[] =>
  [...site].flatMap(([path, content]) =>
    path.endsWith('.html') && typeof content === 'string' ? [[path, content] as const] : [],
  );

const wrong = ({ from, target }: Link, site: Site, ids: ReadonlyMap<string, ReadonlySet<string>>): string => {
  const [path = '', ...anchors] = target.split('#');
  const to = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), decodeURI(path)));
  if (path.startsWith('/')) return 'it begins with a slash, so it breaks from file:// and below a folder';
  if (!site.has(to)) return `there is no page ${to}`;
  const anchor = decodeURIComponent(anchors.join('#'));
  return anchor === '' || ids.get(to)?.has(anchor) !== false ? '' : `${to} has no anchor "${anchor}"`;
};

/** One sentence for each link that leads nowhere, and for each anchor that a page has twice. Links to other sites are not followed. */
export const brokenLinks = (site: Site): readonly string[] => {
  const pages = pagesOf(site);
  const idsByPage = pages.map(([path, html]) => [path, matches(html, ID)] as const);
  const ids = new Map(idsByPage.map(([path, own]) => [path, new Set(own)]));
  const twice = idsByPage.flatMap(([path, own]) =>
    own.filter((id, index) => own.indexOf(id) !== index).map((id) => `${path}: it has "${id}" twice`),
  );
  const links = pages.flatMap(([from, html]) => matches(html, LINK).map((target) => ({ from, target })));
  const broken = links
    .filter(({ target }) => !SCHEME.test(target))
    .flatMap((link) => {
      const reason = wrong(link, site, ids);
      return reason === '' ? [] : [`${link.from}: link to ${link.target}: ${reason}`];
    });
  return [...new Set([...twice, ...broken])];
};
