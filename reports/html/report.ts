/** The report of a campaign as one page: the comparison first, then why one may believe it. */
import type { CampaignResult } from '../../sim/result/result.js';
import { formatNumber, formatSeconds } from '../format.js';
import { type Column, columnsOf } from '../result/comparison.js';
import { campaignPhrase, exitCodeOf } from '../verdict.js';
import { asset } from './assets.js';
import { costsSection } from './costs.js';
import { coverageSection } from './coverage/coverage.js';
import { renderDocument } from './document.js';
import { failuresSection } from './failures.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { waySection } from './way.js';

const headline = (result: CampaignResult): Html => {
  const images = result.suites.reduce((sum, suite) => sum + suite.exploration.images.checked, 0);
  const runs = result.suites.reduce((sum, suite) => sum + suite.exploration.runs, 0);
  const shard = result.shard === undefined ? '' : ` · shard ${result.shard.index} of ${result.shard.count}`;
  return html`<header>
<p class="name">Powercut</p>
<h1 class="${exitCodeOf(result) === 0 ? 'plain' : 'bad'}">${campaignPhrase(result)}</h1>
<p class="facts">${formatNumber(images)} disk images recovered and checked, ${formatNumber(runs)} random runs, ${formatSeconds(result.seconds)}.
Seed ${result.seed}${shard} · digest <code>${result.digest}</code> · version ${result.tool.version}</p>
<nav aria-label="Sections"><a href="#comparison">Comparison</a><a href="#way">The way</a><a href="#failures">Failures</a><a href="#coverage">Coverage</a><a href="#costs">Costs</a></nav>
</header>`;
};

/** In the two lines that it has everywhere. */
const headingOf = ({ heading: [first, second] }: Column): Html =>
  first === '' ? html`${second}` : html`${first} <br>${second}`;

const comparison = (result: CampaignResult): Html => {
  const columns = columnsOf(result);
  return html`<section id="comparison" aria-labelledby="comparison-title">
<h2 id="comparison-title">The comparison</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="comparison">
<thead><tr><th scope="col">suite</th>${columns.map(
    (column) =>
      html`<th scope="col" class="${column.align === 'right' && 'num'}" title="${column.meaning}">${headingOf(column)}</th>`,
  )}</tr></thead>
<tbody>${result.suites.map(
    (suite) =>
      html`<tr><th scope="row">${suite.name}</th>${columns.map((column) => {
        const cell = column.cell(suite);
        return html`<td class="${column.align === 'right' && 'num'} ${cell.tone}">${cell.text}</td>`;
      })}</tr>`,
  )}</tbody>
</table></div>
<details><summary>What the columns mean</summary><dl>${columns.map(
    (column) => html`<dt>${column.heading.join(' ').trim()}</dt><dd>${column.meaning}</dd>`,
  )}</dl></details>
</section>`;
};

/** The whole page as text. Cost: linear in the result. */
export const renderReport = (result: CampaignResult): string => {
  const hasPlots = result.suites.some(({ growth }) => growth.length > 1);
  return renderDocument({
    title: 'Powercut report',
    style: `${asset('report.css')}${hasPlots ? asset('plots.css') : ''}`,
    script: `${asset('report.js')}${hasPlots ? asset('plots.js') : ''}`,
    body: html`<a class="skip" href="#comparison">Skip to the comparison</a>
${headline(result)}
<main>
${comparison(result)}
${waySection(result.suites)}
${failuresSection(result.suites)}
${coverageSection(result)}
${costsSection(result.suites)}
</main>`,
  });
};
