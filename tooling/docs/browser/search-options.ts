/** How the search splits and ranks: the same at build time and in the browser. */

/** One section that is found. */
export interface Found {
  /** From the root of the site. */
  readonly url: string;
  readonly page: string;
  /** '' for the top of a page. */
  readonly heading: string;
  readonly text: string;
  /** 1 for the API reference, which comes after guides. */
  readonly api: 0 | 1;
}

export const FIELDS = ['heading', 'page', 'text'] as const;

export const SEARCH_OPTIONS = {
  storeFields: ['url', 'page', 'heading', 'text', 'api'],
  // `--max-crashes`, `STORE_FULL` and `env.fs` are found whole and by their parts.
  tokenize: (text: string): string[] => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}_]+(?:[-./][\p{L}\p{N}_]+)*/gu) ?? [];
    return words.flatMap((word) => {
      const parts = word.split(/[-./_]/).filter((part) => part !== '');
      return parts.length > 1 ? [word, ...parts] : [word];
    });
  },
  processTerm: (term: string): string => term,
};
