/**
 * A replay as one page: every step in its lane, the story beside it.
 *
 * Only the steps in view are in the document, so that a trace of 50,000 opens at once.
 */
import type { ReplayResult } from '../../../sim/result/result.js';
import { formatCount, replayCommand } from '../../format.js';
import { changeTold } from '../../replay-difference.js';
import { asset } from '../assets.js';
import { renderDocument } from '../document.js';
import type { Html } from '../html.js';
import { html, jsonBlock } from '../html.js';
import { storyList } from '../story.js';
import { timelineData } from './timeline-data.js';
import { timelineView } from './view.js';

const verdict = (result: ReplayResult): Html =>
  result.violated.length === 0
    ? html`<h1>Every invariant holds in this run.</h1>`
    : html`<h1 class="bad">Broken: ${result.violated.map(({ invariant }, index) => html`<span class="whole">${invariant}${index < result.violated.length - 1 && ','}</span> `)}</h1>
${result.violated.map(({ invariant, message }) => html`<p class="message"><strong>${invariant}</strong>: ${message}</p>`)}`;

const header = (result: ReplayResult): Html => {
  const change = changeTold(result);
  const cuts = new Set(result.trace.map(({ life }) => life)).size - 1;
  return html`<header>
<p class="name">Powercut · ${result.suite}</p>
${verdict(result)}
${change !== undefined && html`<p class="changed" role="note">${change}</p>`}
<p class="facts">${formatCount(result.trace.length, 'step')}, ${formatCount(Math.max(0, cuts), 'power cut')} · digest <code>${result.digest}</code></p>
<div class="replay"><code>${replayCommand(result.token, result.file)}</code><button type="button" data-copy hidden>Copy</button></div>
</header>`;
};

/** The whole page as text. Cost: linear in the trace; some 70 bytes a step, and the contents of files. */
export const renderTimeline = (result: ReplayResult): string =>
  renderDocument({
    title: `Replay of ${result.suite}`,
    style: asset('timeline.css'),
    script: asset('timeline.js'),
    body: html`${header(result)}
<main>
${timelineView}
<noscript><h2>The story</h2>${storyList(result.story.split('\n'))}<p class="lead">A script draws the steps, and it is switched off here. powercut replay prints them, too.</p></noscript>
</main>
${jsonBlock('run-0', timelineData(result))}`,
  });
