/**
 * A replay as one page: the story, then every step in its lane, crash and recovery as bands.
 *
 * Only the steps in view are in the document, so that a trace of 50,000 opens at once; texts that recur are
 * in the file once.
 */
import type { ReplayResult } from '../../sim/result.js';
import { formatCount, replayCommand } from '../format.js';
import { laneOf, lanesOf } from '../lanes.js';
import { renderDocument } from './document.js';
import type { Html } from './html.js';
import { html, jsonBlock } from './html.js';
import { storyList } from './story.js';
import { TIMELINE_SCRIPT } from './timeline-script.js';
import { TIMELINE_STYLE } from './timeline-style.js';

/** What the page's script reads: `rows` are numbers only, texts by their index. */
interface TimelineData {
  readonly lanes: readonly string[];
  readonly texts: readonly string[];
  /** life, step, time in ms, lane, operation, label, result, file, line (0: no place). */
  readonly rows: readonly (readonly number[])[];
}

const dataOf = (result: ReplayResult): TimelineData => {
  const lanes = lanesOf(result);
  const laneIndex = new Map(lanes.map((lane, index) => [lane, index]));
  const texts = new Map<string, number>();
  const text = (value: string): number => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    texts.set(value, texts.size);
    return texts.size - 1;
  };
  const rows = result.trace.map((entry) => [
    entry.life,
    entry.step,
    entry.timeMs,
    laneIndex.get(laneOf(entry)) ?? 0,
    text(entry.operation),
    text(entry.label),
    text(entry.result === null ? '' : JSON.stringify(entry.result)),
    text(entry.site?.file ?? ''),
    entry.site?.line ?? 0,
  ]);
  return { lanes, texts: [...texts.keys()], rows };
};

const verdict = (result: ReplayResult): Html =>
  result.violated.length === 0
    ? html`<h1>Every invariant holds in this run.</h1>`
    : html`<h1 class="bad">Broken: ${result.violated.map(({ invariant }) => invariant).join(', ')}</h1>
${result.violated.map(({ invariant, message }) => html`<p class="message"><strong>${invariant}</strong>: ${message}</p>`)}`;

const header = (result: ReplayResult): Html => {
  const cuts = new Set(result.trace.map(({ life }) => life)).size - 1;
  return html`<header>
<p class="name">Powercut · ${result.suite}</p>
${verdict(result)}
${!result.same && html`<p class="changed" role="note">Not the same run as when the token was made: the code or the suite has changed since.</p>`}
<p class="facts">${formatCount(result.trace.length, 'step')}, ${formatCount(Math.max(0, cuts), 'power cut')} · digest <code>${result.digest}</code></p>
<div class="replay"><code>${replayCommand(result.token)}</code></div>
</header>`;
};

const story = (result: ReplayResult): Html => html`<section aria-labelledby="story-title">
<h2 id="story-title">The story</h2>
${storyList(result.story)}
</section>`;

const timeline: Html = html`<section aria-labelledby="steps-title">
<h2 id="steps-title">Every step</h2>
<p class="lead" id="keys"><kbd>↑</kbd> <kbd>↓</kbd> <kbd>Page</kbd> <kbd>Home</kbd> <kbd>End</kbd> move, <kbd>c</kbd> goes to the next power cut, <kbd>Shift</kbd>+<kbd>c</kbd> to the one before.</p>
<noscript><p class="lead">The steps are drawn by a script, which is switched off here: powercut replay prints them, too.</p></noscript>
<div class="viewer">
<div class="track"><div id="lanes" aria-hidden="true"></div><div id="steps" role="listbox" tabindex="0" aria-label="Steps" aria-describedby="keys"><div id="rows" role="presentation"></div></div></div>
<div id="detail" aria-live="polite"></div>
</div>
</section>`;

/** The whole page as text. Cost: linear in the trace; about 50 bytes a step. */
export const renderTimeline = (result: ReplayResult): string =>
  renderDocument({
    title: `Replay of ${result.suite}`,
    style: TIMELINE_STYLE,
    script: TIMELINE_SCRIPT,
    body: html`${header(result)}
<main>
${story(result)}
${timeline}
</main>
${jsonBlock('trace', dataOf(result))}`,
  });
