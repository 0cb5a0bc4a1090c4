/** A story as a numbered list: one sentence a number, what is indented under a sentence in a fold below it. */
import { formatCount } from '../format.js';
import type { Html } from './html.js';
import { html } from './html.js';

/** A line, and where it leads; '' where it leads nowhere. */
interface Line {
  readonly text: string;
  readonly href: string;
}

interface Sentence extends Line {
  readonly details: Line[];
}

const CUT = /^THE (?:POWER|PROCESS) /;
const BROKEN = /^BROKEN: /;

const sentencesOf = (lines: readonly Line[]): readonly Sentence[] => {
  const sentences: Sentence[] = [];
  for (const line of lines) {
    const text = line.text.trim();
    if (text === '') continue;
    const last = sentences.at(-1);
    if (last !== undefined && line.text.startsWith(' ')) last.details.push({ ...line, text });
    else sentences.push({ ...line, text, details: [] });
  }
  return sentences;
};

/** The invariants that a line says are broken; undefined for a line about something else. */
const brokenIn = (line: string, invariants: readonly string[]): readonly string[] | undefined => {
  if (line.startsWith('What is wrong: ')) return [];
  const [, same] = /^Broken by the same: (.*)\.$/.exec(line) ?? [];
  if (same !== undefined) return invariants.filter((name) => same.split(', ').includes(name));
  if (!/^(?:BROKEN|Also broken): /.test(line)) return undefined;
  return invariants.filter(
    (name) => line.startsWith(`BROKEN: ${name}. `) || line.startsWith(`Also broken: ${name}: `),
  );
};

/** The lines of a story beside which stands what is broken: those about that become one, which names it. */
export const withoutMessages = (story: string, invariants: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  let named: string[] = [];
  let at = -1;
  for (const [index, line] of story.split('\n').entries()) {
    const broken = brokenIn(line, invariants);
    lines.push(broken === undefined ? line : '');
    if (broken === undefined) {
      at = -1;
      continue;
    }
    if (at === -1) [at, named] = [index, []];
    named.push(...broken);
    lines[at] = `BROKEN: ${named.join(', ')}`;
  }
  return lines;
};

const linked = ({ text, href }: Line): Html =>
  href === '' ? html`${text}` : html`<a href="${href}">${text}</a>`;

/** The steps right before a power cut are open: the others are what led there. */
const steps = (details: readonly Line[], isOpen: boolean): Html => {
  const list = html`<ul>${details.map((detail) => html`<li>${linked(detail)}</li>`)}</ul>`;
  const count = html`<summary>${formatCount(details.length, 'step')}</summary>`;
  return isOpen ? html`<details open>${count}${list}</details>` : html`<details>${count}${list}</details>`;
};

/** @param hrefOf where a line leads, by its index */
export const storyList = (story: readonly string[], hrefOf: (line: number) => string = () => ''): Html => {
  const sentences = sentencesOf(story.map((text, index) => ({ text, href: hrefOf(index) })));
  return html`<ol class="story">${sentences.map((sentence, index) => {
    const { details, text } = sentence;
    const isOpen = CUT.test(sentences[index + 1]?.text ?? '');
    const kind = CUT.test(text) ? 'cut' : BROKEN.test(text) ? 'bad' : '';
    return html`<li class="${kind}">${linked(sentence)}${details.length > 0 && steps(details, isOpen)}</li>`;
  })}</ol>`;
};
