/** The index of the search, made at build time: a script, as a page from file:// can read no other file. */
import MiniSearch from 'minisearch';
import { FIELDS, type Found, SEARCH_OPTIONS } from './browser/search-options.js';
import type { Rendered } from './markdown/markdown.js';

export interface Indexed {
  /** In the site. */
  readonly path: string;
  readonly rendered: Rendered;
}

/** A page of the API has its signature and first sentences in the index; members are found by their headings. */
const API_TEXT_MAX = 300;

interface Entry extends Found {
  readonly id: number;
}

const entriesOf = (pages: readonly Indexed[]): readonly Entry[] =>
  pages
    .flatMap(({ path, rendered }) =>
      rendered.sections.flatMap(({ heading, text }): readonly Found[] => {
        // The way to a page of the API stands above its heading.
        if (heading === undefined) return [];
        const isTop = heading.level === 1;
        const found = {
          url: isTop ? path : `${path}#${heading.id}`,
          page: rendered.title,
          heading: isTop ? '' : heading.text,
        };
        return path.startsWith('api/')
          ? [{ ...found, text: text.slice(0, API_TEXT_MAX), api: 1 }]
          : [{ ...found, text, api: 0 }];
      }),
    )
    .filter(({ text, heading }) => text !== '' || heading !== '')
    .map((found, id) => ({ id, ...found }));

/** A script that sets `powercutIndex` to the index of all sections. */
export const searchIndex = (pages: readonly Indexed[]): string => {
  const index = new MiniSearch<Entry>({ ...SEARCH_OPTIONS, fields: [...FIELDS] });
  index.addAll(entriesOf(pages));
  // A string literal, parsed when the search is opened: JSON.parse is faster than a literal of that size.
  return `globalThis.powercutIndex=${JSON.stringify(JSON.stringify(index)).replaceAll('<', '\\u003c')};\n`;
};
