/** The report of a campaign as one page: what failed first, then what was tried, and the timeline of each failure. */
import type { CampaignResult } from '../../sim/result/result.js';
import { formatNumber, formatSeconds, replayCommand } from '../format.js';
import { EMPTY_HISTORY, type History } from '../history/history.js';
import { type Column, columnsOf } from '../result/comparison.js';
import { exitCodeOf, headlineOf } from '../verdict.js';
import { asset } from './assets.js';
import type { RunEntry } from './browser/page-data.js';
import { costsSection } from './costs.js';
import { coverageSection } from './coverage/coverage.js';
import { renderDocument } from './document.js';
import { failuresSection, statusOf } from './failures.js';
import { filterBar, invariantsOf } from './filter.js';
import type { Html } from './html.js';
import { html, jsonBlock } from './html.js';
import { inputSection } from './input.js';
import { runsIn, type ShownRun } from './run-id.js';
import { timelineData } from './timeline/timeline-data.js';
import { timelineView } from './timeline/view.js';
import { trendSection } from './trend/trend.js';
import { waySection } from './way.js';

const header = (result: CampaignResult): Html => {
  const images = result.suites.reduce((sum, suite) => sum + suite.exploration.images.checked, 0);
  const runs = result.suites.reduce((sum, suite) => sum + suite.exploration.runs, 0);
  const shard = result.shard === undefined ? '' : ` · shard ${result.shard.index} of ${result.shard.count}`;
  return html`<header>
<p class="name">Powercut</p>
<h1 class="${exitCodeOf(result) === 0 ? 'plain' : 'bad'}">${headlineOf(result)}</h1>
<p class="facts">${formatNumber(images)} disk images recovered and checked, ${formatNumber(runs)} random runs, ${formatSeconds(result.seconds)}.
Seed ${result.seed}${shard} · digest <code>${result.digest}</code> · version ${result.tool.version}</p>
<nav aria-label="Views"><a href="#" data-to="results">Results</a><a href="#view=tried" data-to="tried">What was tried</a><a href="#view=costs" data-to="costs">Costs</a></nav>
</header>`;
};

/** In the two lines that it has everywhere. */
const headingOf = ({ heading: [first, second] }: Column): Html =>
  first === '' ? html`${second}` : html`${first} <br>${second}`;

const suitesSection = (result: CampaignResult): Html => {
  const columns = columnsOf(result);
  return html`<section id="suites" data-group aria-labelledby="suites-title">
<h2 id="suites-title">Suites</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Comparison of the suites"><table class="comparison">
<thead><tr><th scope="col">suite</th>${columns.map(
    (column) =>
      html`<th scope="col" class="${column.align === 'right' && 'num'}" title="${column.meaning}">${headingOf(column)}</th>`,
  )}</tr></thead>
<tbody>${result.suites.map(
    (suite) =>
      html`<tr data-status="${statusOf(suite)}" data-suite="${suite.name}" data-invariants="${invariantsOf(suite).join('\n')}"><th scope="row">${suite.name}</th>${columns.map(
        (column) => {
          const cell = column.cell(suite);
          return html`<td class="${column.align === 'right' && 'num'} ${cell.tone}">${cell.text}</td>`;
        },
      )}</tr>`,
  )}</tbody>
</table></div>
<details><summary>What the columns mean</summary><dl>${columns.map(
    (column) => html`<dt>${column.heading.join(' ').trim()}</dt><dd>${column.meaning}</dd>`,
  )}</dl></details>
</section>`;
};

const entryOf = ({ id, suite, violations: [first, ...others] }: ShownRun): RunEntry => ({
  id,
  title: `${suite.name}: ${[first, ...others].map((violation) => violation?.invariant).join(', ')}`,
  command: replayCommand(first?.token ?? '', suite.file),
});

/** Hidden, until an address leads to a run. The script wants it on every page. */
const runView: Html = html`<div data-view="run" hidden>
<p class="ways"><a href="#" data-back>← All results</a></p>
<h1 id="run-title" class="bad"></h1>
<div class="replay"><code id="run-command"></code><button type="button" data-copy hidden>Copy</button></div>
${timelineView}
</div>`;

const runsData = (runs: readonly ShownRun[]): Html =>
  html`${jsonBlock('runs', runs.map(entryOf))}${runs.flatMap(({ run }, index) => (run === undefined ? [] : [jsonBlock(`run-${index}`, timelineData(run))]))}`;

/** The whole page as text, with the history of the project where it is given. Cost: linear in the result. */
export const renderReport = (result: CampaignResult, history: History = EMPTY_HISTORY): string => {
  const { suites } = result;
  const hasPlots = suites.some(({ growth }) => growth.length > 1);
  const runs = runsIn(suites);
  // Those that have their steps come first: the numbers of their blocks are then those of their entries.
  const shown = runs.filter(({ run }) => run !== undefined);
  return renderDocument({
    title: 'Powercut report',
    style: `${asset('report.css')}${hasPlots ? asset('plots.css') : ''}`,
    script: `${asset('report.js')}${hasPlots ? asset('plots.js') : ''}`,
    body: html`<a class="skip" href="#results" data-skip>Skip to the results</a>
${header(result)}
<main id="results" tabindex="-1">
<div data-view="results">
${suites.length > 0 && filterBar(suites)}
${failuresSection(suites, runs)}
${suitesSection(result)}
${trendSection(history)}
</div>
<div data-view="tried">
${inputSection(suites)}
${coverageSection(result)}
${waySection(suites)}
</div>
<div data-view="costs">
${costsSection(suites)}
</div>
${runView}
</main>
${runsData(shown)}`,
  });
};
