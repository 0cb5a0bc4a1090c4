/** A document of the project as HTML: headings with anchors, links between pages, coloured code. */
import MarkdownIt, { type Token } from 'markdown-it';
import { escapeHtml } from './escape.js';
import type { Highlighter } from './highlight.js';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly id: string;
}

/** The text below one heading, for the search. */
export interface Section {
  /** Of the heading; undefined before the first one. */
  readonly heading: Heading | undefined;
  readonly text: string;
}

export interface Rendered {
  /** The text of the first heading. */
  readonly title: string;
  /** The first paragraph, as text. */
  readonly summary: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
}

export interface RenderOptions {
  /** The address of a link's target, as it stands in the document. @throws Error where there is no such target */
  readonly resolve: (target: string) => string;
  readonly highlighter: Highlighter;
}

/** The anchor of a heading, as GitHub makes it: so links hold there, too. */
export const slugOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');

/** A slug for each heading of one document: the second of a name gets -1, the third -2. */
const slugs = (): ((text: string) => string) => {
  const counts = new Map<string, number>();
  return (text) => {
    const slug = slugOf(text);
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
};

/** What a reader sees of an inline token. */
const textOf = (token: Token): string =>
  (token.children ?? [])
    .map((child) => {
      if (child.type === 'softbreak' || child.type === 'hardbreak') return ' ';
      return child.type === 'text' || child.type === 'code_inline' ? child.content : '';
    })
    .join('');

const walk = (tokens: readonly Token[]): { headings: Heading[]; sections: Section[]; summary: string } => {
  const slug = slugs();
  const headings: Heading[] = [];
  const sections: Section[] = [];
  let texts: string[] = [];
  let summary = '';
  const finish = (): void => {
    if (texts.length > 0 || headings.length > 0)
      sections.push({ heading: headings.at(-1), text: texts.join(' ') });
    texts = [];
  };
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    if (token.type === 'heading_open') {
      const inline = tokens[index + 1];
      const text = inline === undefined ? '' : textOf(inline);
      finish();
      const heading = { level: Number(token.tag.slice(1)), text, id: slug(text) };
      headings.push(heading);
      token.attrSet('id', heading.id);
    } else if (token.type === 'inline' && before?.type !== 'heading_open') {
      const text = textOf(token);
      if (summary === '' && before?.type === 'paragraph_open' && before.level === 0) summary = text;
      texts.push(text);
    } else if (token.type === 'fence') {
      texts.push(token.content);
    }
  }
  finish();
  return { headings, sections, summary };
};

const renderFence = (token: Token, highlighter: Highlighter): string => {
  const language = token.info.split(/\s/, 1).join('');
  const title = /title="([^"]+)"/.exec(token.info)?.[1];
  const code = token.content.replace(/\n$/, '');
  const label = title === undefined ? '' : `<figcaption>${escapeHtml(title)}</figcaption>`;
  const kind = language === 'text' ? ' class="story"' : '';
  // A region that scrolls must be reachable by the keyboard.
  return `<figure class="code">${label}<pre tabindex="0"${kind}><code>${highlighter.highlight(code, language)}</code></pre></figure>\n`;
};

const parser = (highlighter: Highlighter): MarkdownIt => {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const { rules } = markdown.renderer;
  rules.fence = (tokens, index) => {
    const token = tokens[index];
    return token === undefined ? '' : renderFence(token, highlighter);
  };
  rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
  rules.table_close = () => '</table></div>\n';
  // A column without a name has an empty cell there: an empty header says nothing to a screen reader.
  const nameOf = (tokens: readonly Token[], index: number): string =>
    tokens[index]?.content === '' ? 'td' : 'th';
  rules.th_open = (tokens, index) => `<${nameOf(tokens, index + 1)}>`;
  rules.th_close = (tokens, index) => `</${nameOf(tokens, index - 1)}>`;
  rules.heading_close = (tokens, index) => {
    const open = tokens[index - 2];
    const id = open?.attrGet('id') ?? '';
    const text = tokens[index - 1];
    const link =
      open?.tag === 'h1' || text === undefined
        ? ''
        : ` <a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(textOf(text))}”">#</a>`;
    return `${link}</${tokens[index]?.tag}>\n`;
  };
  return markdown;
};

const resolveLinks = (tokens: readonly Token[], resolve: (target: string) => string): void => {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const attribute = { link_open: 'href', image: 'src' }[token.type];
    const target = attribute === undefined ? null : token.attrGet(attribute);
    if (attribute !== undefined && target !== null) token.attrSet(attribute, resolve(target));
  }
};

/** Renders one document. @throws Error where `resolve` throws, or where the document has no heading */
export const renderMarkdown = (text: string, { resolve, highlighter }: RenderOptions): Rendered => {
  const markdown = parser(highlighter);
  const tokens = markdown.parse(text, {});
  const { headings, sections, summary } = walk(tokens);
  const [first] = headings;
  if (first === undefined) throw new Error('there is no heading');
  resolveLinks(tokens, resolve);
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { title: first.text, summary, html, headings, sections };
};
