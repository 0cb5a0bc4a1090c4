/** What was tried and what was not: every share with its numerator and denominator, every gap by its place. */
import type { Share, SuiteResult } from '../../sim/result.js';
import { formatCount, formatNumber } from '../format.js';
import { reachPhrase } from '../verdict.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { siteText } from './way.js';

const BAR_WIDTH = 64;

/** '23 of 26' and a bar; a share of nothing has no bar. */
const share = ({ covered, total }: Share, bound = ''): Html => {
  const filled = total === 0 ? 0 : Math.round((covered / total) * BAR_WIDTH * 10) / 10;
  const bar =
    total > 0 &&
    html`<svg class="share" viewBox="0 0 ${BAR_WIDTH} 6" aria-hidden="true"><rect class="rest" width="${BAR_WIDTH}" height="6" rx="3"></rect><rect class="covered" width="${filled}" height="6" rx="3"></rect></svg>`;
  return html`<span class="fraction">${formatNumber(covered)} of ${bound}${formatNumber(total)}</span>${bar}`;
};

const row = (suite: SuiteResult): Html => {
  const { coverage, exploration } = suite;
  const { images } = exploration;
  const { reached, unreached } = coverage.marks;
  const atLeast = images.sampled ? 'at least ' : '';
  return html`<tr>
<th scope="row">${suite.name}</th>
<td>${share(coverage.images, atLeast)}</td>
<td class="num">${formatNumber(images.checked)}</td>
<td>${share(coverage.sites)}</td>
<td>${share({ covered: reached.length, total: reached.length + unreached.length })}</td>
<td class="num">${formatNumber(exploration.crashPoints)}</td>
<td class="num">${formatNumber(exploration.runs)}</td>
<td class="wide">${reachPhrase(exploration)}</td>
<td>${coverage.disk}, ${formatNumber(coverage.sectorBytes)} B</td>
</tr>`;
};

const faults = (suites: readonly SuiteResult[]): Html => {
  const planned = suites.filter((suite) => (suite.faults ?? []).length > 0);
  if (planned.length === 0) return html``;
  return html`<h3>Faults planned, and the calls in which they happened</h3>
<ul class="faults">${planned.flatMap((suite) =>
    (suite.faults ?? []).map(
      ({ plan, fired }) =>
        html`<li>${suite.name}: ${plan}, <strong>${formatCount(fired, 'time')}</strong></li>`,
    ),
  )}</ul>`;
};

const uncovered = (suite: SuiteResult): Html => {
  const { sites, marks } = suite.coverage;
  if (sites.uncovered.length === 0 && marks.unreached.length === 0) return html``;
  return html`<details>
<summary>Not covered in ${suite.name}: ${formatCount(sites.uncovered.length, 'site')}, ${formatCount(marks.unreached.length, 'mark')}</summary>
${marks.unreached.length > 0 && html`<h3>Marks never reached</h3><p class="lead">Branches that a green run proved nothing about.</p><ul>${marks.unreached.map((mark) => html`<li>${mark}</li>`)}</ul>`}
${sites.uncovered.length > 0 && html`<h3>Places where the power was never cut</h3><ul class="sites">${sites.uncovered.map((site) => html`<li><code>${siteText(site)}</code> ${site.operation}</li>`)}</ul>`}
</details>`;
};

export const coverageSection = (
  suites: readonly SuiteResult[],
): Html => html`<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">What was tried</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Coverage"><table class="coverage">
<thead><tr>
<th scope="col">suite</th>
<th scope="col">distinct disks checked</th>
<th scope="col" class="num">recovered and checked</th>
<th scope="col">sites cut</th>
<th scope="col">marks reached</th>
<th scope="col" class="num">crash points</th>
<th scope="col" class="num">random runs</th>
<th scope="col" class="wide">reach</th>
<th scope="col">disk model, sector</th>
</tr></thead>
<tbody>${suites.map(row)}</tbody>
</table></div>
<p class="note">An image is a disk that a power cut may leave. A distinct one was checked, or is equal in all a program can see to one that was. A site is a call of the program at which something was volatile.</p>
${faults(suites)}
${suites.map(uncovered)}
</section>`;
