/** A story as a numbered list: one sentence a number, what is indented under a sentence below it. */
import type { Html } from './html.js';
import { html } from './html.js';

interface Sentence {
  readonly text: string;
  readonly details: string[];
}

const sentencesOf = (story: string): readonly Sentence[] => {
  const sentences: Sentence[] = [];
  for (const line of story.split('\n')) {
    if (line.trim() === '') continue;
    const last = sentences.at(-1);
    if (last !== undefined && line.startsWith(' ')) last.details.push(line.trim());
    else sentences.push({ text: line.trim(), details: [] });
  }
  return sentences;
};

export const storyList = (story: string): Html =>
  html`<ol class="story">${sentencesOf(story).map(
    ({ text, details }) =>
      html`<li>${text}${details.length > 0 && html`<ul>${details.map((detail) => html`<li>${detail}</li>`)}</ul>`}</li>`,
  )}</ol>`;
