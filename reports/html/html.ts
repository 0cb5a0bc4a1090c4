/**
 * The one way to write HTML here: a template tag that escapes its values.
 *
 * The literal part of a template is markup; values are text, in elements and in quoted attributes alike. Only markup that
 * this tag made is inserted as markup, so that no content of an event can become any.
 */
import { printable, printableJson } from '../format.js';

// A class with a private field: no object that came out of a result file can pass for one of these.
class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type Html = Markup;

/** What may be put into a template. `undefined` and `false` are nothing, lists are joined. */
export type Content = Html | string | number | undefined | false | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text in which nothing is markup, no character is invisible, and no line a command to the CI server that prints it. */
export const escapeHtml = (text: string): string =>
  printable(text)
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character)
    .replace(/^([^\S\n]*):(?=:)/gm, '$1&#58;')
    .replace(/##(?=\[)/g, '#&#35;');

const render = (content: Content): string => {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content));
  return content.map(render).join('');
};

/** html`<p title="${anything}">${anything}</p>`: attributes must be quoted. */
export const html = (strings: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Markup(strings.reduce((text, part, index) => text + render(contents[index - 1]) + part));

/** Our own constant text for `<style>` and `<script>`, where entities are not read. Never anything from a result. */
export const trustedText = (text: string): Html => {
  if (/<\/|<!--/.test(text))
    throw new TypeError('A style or script must not contain an end tag or a comment.');
  return new Markup(text);
};

/** Data for a script, as a JSON block that no content can end. */
export const jsonBlock = (id: string, data: unknown): Html =>
  html`<script type="application/json" id="${id}">${new Markup(
    printableJson(data).replace(
      /[<>&]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )}</script>`;
