/** Colours for code and for stories. Each pair of colours, light and dark, is a class: pages hold no styles of their own. */
import {
  bundledLanguages,
  bundledThemes,
  codeToTokensWithThemes,
  createOnigurumaEngine,
  createShikiInternal,
  loadBuiltinWasm,
} from '@gerrit0/mini-shiki';
import { escapeHtml } from './escape.js';

/** Every pair of text and ground of these themes is at 4.5 to 1 or better. */
const THEMES = { light: 'github-light-default', dark: 'github-dark-default' } as const;

/** The comments of the light theme are too pale for our ground: below 4.5 to 1. */
const DARKER: Readonly<Record<string, string>> = { '#6E7781': '#59616B' };

/** The languages of fences, by the name that a fence gives. Anything else is shown without colours. */
const LANGUAGES = {
  ts: 'typescript',
  js: 'javascript',
  sh: 'shellscript',
  json: 'json',
  yaml: 'yaml',
  diff: 'diff',
} as const;

export interface Highlighter {
  /** The code as HTML: text and spans with classes. */
  highlight(code: string, language: string): string;
  /** The rules of every class that was used so far. */
  css(): string;
}

const isKnown = (language: string): language is keyof typeof LANGUAGES => Object.hasOwn(LANGUAGES, language);

/** The lines of a story that a reader looks for first. */
const STORY_LINES: readonly (readonly [RegExp, string])[] = [
  [/^ {0,2}(THE POWER FAILS|THE PROCESS IS KILLED)/, 'story-cut'],
  [/^ {0,2}(BROKEN:|What is wrong:|Also broken:|✗)/, 'story-broken'],
  [/^ {4}/, 'story-step'],
];

/** Each line is a block, so that a long one is indented where it wraps. */
const highlightStory = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const [, name = 'story-line'] = STORY_LINES.find(([pattern]) => pattern.test(line)) ?? [];
      return `<span class="${name}">${escapeHtml(line)}</span>`;
    })
    .join('');

/** Loads the grammars. Takes some 200 ms. */
export const createHighlighter = async (): Promise<Highlighter> => {
  await loadBuiltinWasm();
  const shiki = await createShikiInternal({
    engine: await createOnigurumaEngine(),
    langs: Object.values(LANGUAGES).map((name) => bundledLanguages[name]),
    themes: Object.values(THEMES).map((name) => bundledThemes[name]),
  });
  const classes = new Map<string, string>();
  const classOf = (light: string, dark: string): string => {
    const pair = `${DARKER[light] ?? light} ${dark}`;
    const name = classes.get(pair) ?? `c${classes.size}`;
    classes.set(pair, name);
    return name;
  };
  return {
    highlight: (code, language) => {
      if (language === 'text') return highlightStory(code);
      if (!isKnown(language)) return escapeHtml(code);
      const lines = codeToTokensWithThemes(shiki, code, { lang: LANGUAGES[language], themes: THEMES });
      return lines
        .map((tokens) =>
          tokens
            .map(({ content, variants }) => {
              const { light, dark } = { light: variants.light?.color, dark: variants.dark?.color };
              if (light === undefined || dark === undefined || content.trim() === '')
                return escapeHtml(content);
              return `<span class="${classOf(light, dark)}">${escapeHtml(content)}</span>`;
            })
            .join(''),
        )
        .join('\n');
    },
    css: () => {
      const rules = (place: 0 | 1): string =>
        [...classes].map(([pair, name]) => `.${name}{color:${pair.split(' ')[place]}}`).join('');
      return [
        rules(0),
        `@media (prefers-color-scheme:dark){:root:not([data-theme=light]) pre{${rules(1)}}}`,
        `:root[data-theme=dark] pre{${rules(1)}}`,
      ].join('\n');
    },
  };
};
