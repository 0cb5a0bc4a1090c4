/**
 * A replay as one page: the story, then every step in its lane, crash and recovery as bands.
 *
 * Only the steps in view are in the document, so that a trace of 50,000 opens at once; texts that recur are
 * in the file once.
 */
import type { CellChange, PowerCut, ReplayResult } from '../../../sim/result/result.js';
import { formatCount, replayCommand } from '../../format.js';
import { changeTold } from '../../replay-difference.js';
import { distinctLanes, lanesOf } from '../../timeline-lanes.js';
import { asset } from '../assets.js';
import { type Cell, PARTS, type Row, STATES, type TimelineData } from '../browser/page-data.js';
import { renderDocument } from '../document.js';
import type { Html } from '../html.js';
import { html, jsonBlock } from '../html.js';
import { storyList } from '../story.js';

/** Gives each distinct value a number, in the order in which they come. */
const numbering = () => {
  const known = new Map<string, number>();
  return {
    of: (value: string): number => {
      const number = known.get(value) ?? known.size;
      known.set(value, number);
      return number;
    },
    all: (): readonly string[] => [...known.keys()],
  };
};

/** The cell that a key names: path, part and sector with commas between them. */
const cellIn = (key: string): Cell => {
  const [path = 0, part = 0, sector = 0] = key.split(',').map(Number);
  return [path, part, sector];
};

const dataOf = (result: ReplayResult): TimelineData => {
  const laned = lanesOf(result.trace);
  const lanes = distinctLanes(laned);
  const laneIndex = new Map(lanes.map((lane, index) => [lane, index]));
  const texts = numbering();
  const cells = numbering();
  const ways = numbering();
  const laneNumber = (lane = ''): number => laneIndex.get(lane) ?? 0;
  const changes = (some: readonly CellChange[] = []): readonly number[] =>
    some.flatMap(({ path, part, sector = 0, state }) => [
      cells.of(`${texts.of(path)},${PARTS.indexOf(part)},${sector}`),
      STATES.indexOf(state),
    ]);
  const worded = ({ volatile }: PowerCut, fate: 'lost' | 'survived'): readonly number[] =>
    volatile.flatMap((change) => (change.fate === fate ? [texts.of(change.what)] : []));
  const rows = result.trace.map(
    (entry, index): Row => [
      entry.life,
      entry.step,
      entry.timeMs,
      laneNumber(laned[index]?.lane),
      texts.of(entry.operation),
      texts.of(entry.label),
      texts.of(entry.result === null ? '' : JSON.stringify(entry.result)),
      texts.of(entry.site?.file ?? ''),
      entry.site?.line ?? 0,
      ways.of((laned[index]?.by ?? []).map(laneNumber).join(',')),
      ...changes(entry.cells),
    ],
  );
  const crashes = result.crashes.map((crash) => ({
    found: crash.found.flatMap(({ path, size }) => [texts.of(path), size]),
    cells: changes(crash.cells),
    lost: worded(crash, 'lost'),
    kept: worded(crash, 'survived'),
  }));
  return {
    lanes,
    texts: texts.all(),
    cells: cells.all().map(cellIn),
    ways: ways.all().map((way) => (way === '' ? [] : way.split(',').map(Number))),
    crashes,
    rows,
  };
};

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
<div class="beside"><div id="detail" aria-live="polite"></div><section id="disk" aria-labelledby="disk-title"><h3 id="disk-title">The disk after this step</h3><p class="legend"><i class="cell durable"></i> durable <i class="cell volatile"></i> volatile <i class="cell lost"></i> lost</p><div id="files"></div></section></div>
</div>
</section>`;

/** The whole page as text. Cost: linear in the trace; some 60 bytes a step. */
export const renderTimeline = (result: ReplayResult): string =>
  renderDocument({
    title: `Replay of ${result.suite}`,
    style: asset('timeline.css'),
    script: asset('timeline.js'),
    body: html`${header(result)}
<main>
${story(result)}
${timeline}
</main>
${jsonBlock('trace', dataOf(result))}`,
  });
