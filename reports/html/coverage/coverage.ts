/** What was tried and what was not: every share with its numerator, denominator, model and bounds, never alone. */
import type { CampaignResult, OracleStrength, Share, SuiteResult } from '../../../sim/result/result.js';
import { formatCount, formatNumber } from '../../format.js';
import { reachPhrase } from '../../verdict.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { heatMap } from './heat-map.js';
import { notCovered } from './uncovered.js';

const BAR_WIDTH = 64;

/** '23 of 26' and a bar; a share of nothing has no bar. */
const share = ({ covered, total }: Share, bound = ''): Html => {
  const filled = total === 0 ? 0 : Math.round((covered / total) * BAR_WIDTH * 10) / 10;
  const bar =
    total > 0 &&
    html`<svg class="share" viewBox="0 0 ${BAR_WIDTH} 6" aria-hidden="true"><rect class="rest" width="${BAR_WIDTH}" height="6" rx="3"></rect><rect class="covered" width="${filled}" height="6" rx="3"></rect></svg>`;
  return html`<span class="fraction">${formatNumber(covered)} of ${bound}${formatNumber(total)}</span>${bar}`;
};

interface Part {
  readonly heading: string;
  readonly meaning: string;
  readonly cell: (suite: SuiteResult) => Html;
}

/** The vector, the headline first. */
const VECTOR: readonly Part[] = [
  {
    heading: 'orders',
    meaning:
      'Two changes were volatile together and the model may reorder them: the pairs where some checked disk holds the later and not the earlier. A change is what one call site does to the data, size, name or mode of a file.',
    cell: ({ coverage }) => share(coverage.orders.pairs),
  },
  {
    heading: 'writes torn',
    meaning: 'Writes of several sectors, and those that some checked disk holds in part.',
    cell: ({ coverage }) => share(coverage.orders.torn),
  },
  {
    heading: 'lost and kept',
    meaning: 'Changes that were volatile, and those that are lost on some checked disk and kept on another.',
    cell: ({ coverage }) => share(coverage.orders.fates),
  },
  {
    heading: 'crash points',
    meaning:
      'Call site, operation, and the moment before, in the middle or after, at which something was volatile; and those at which the power was cut.',
    cell: ({ coverage }) => share(coverage.sites),
  },
  {
    heading: 'distinct disks',
    meaning:
      'States (the disk, and what the outside world knows) found legal, and those recovered from and checked. "At least": more are legal than were enumerated.',
    cell: ({ coverage: { images } }) => share(images, images.exact ? '' : 'at least '),
  },
  {
    heading: 'recovery cut',
    meaning:
      'Calls with anything volatile that a recovery made, and those at which a recovery was itself cut.',
    cell: ({ coverage }) => share(coverage.recovery.steps),
  },
  {
    heading: 'process killed',
    meaning:
      'Calls after which a killed process leaves in the page cache what no power cut leaves, and those at which it was killed.',
    cell: ({ coverage: { kills } }) => (kills === undefined ? html`` : share(kills)),
  },
  {
    heading: 'marks',
    meaning: 'Rare branches that the program marks, and those that were reached.',
    cell: ({ coverage: { marks } }) =>
      share({ covered: marks.reached.length, total: marks.reached.length + marks.unreached.length }),
  },
];

const row = (suite: SuiteResult): Html => {
  const { coverage } = suite;
  return html`<tr>
<th scope="row">${suite.name}</th>
${VECTOR.map(({ cell }) => html`<td>${cell(suite)}</td>`)}
<td>${coverage.disk}, ${formatNumber(coverage.sectorBytes)} B</td>
</tr>`;
};

const kills = ({ kills: count = 0 }: SuiteResult['exploration']): string =>
  count === 0 ? '' : `, ${formatCount(count, 'process kill')}`;

/** How far it went, as sentences: in a column of the table, they would make every row tall. */
const bounds = (suites: readonly SuiteResult[]): Html => html`<h3>Within which bounds</h3>
<dl class="bounds">${suites.map(
  ({ name, exploration }) =>
    html`<dt>${name}</dt><dd>${formatCount(exploration.workloads, 'workload')}, ${formatCount(exploration.crashPoints, 'cut')}${kills(exploration)}; ${reachPhrase(exploration)}. Besides, ${formatCount(exploration.runs, 'random run')}.</dd>`,
)}</dl>`;

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

const oracle = (strength: OracleStrength | undefined): Html => {
  if (strength === undefined) return html``;
  const { planted, killed, survivors } = strength;
  return html`<h3>Oracle strength</h3>
<p class="lead">${share({ covered: killed, total: planted })} planted faults were noticed.</p>
${survivors.length > 0 && html`<p class="lead">Not noticed: a harmless place, or a hole in the invariants.</p><ul class="faults">${survivors.map(({ name, file, line, explanation }) => html`<li><code>${file}:${line}</code> ${name}. ${explanation}</li>`)}</ul>`}`;
};

export const coverageSection = ({
  suites,
  oracle: strength,
}: CampaignResult): Html => html`<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of coverage"><table class="coverage">
<thead><tr>
<th scope="col">suite</th>
${VECTOR.map(({ heading, meaning }) => html`<th scope="col" title="${meaning}">${heading}</th>`)}
<th scope="col">disk model, sector</th>
</tr></thead>
<tbody>${suites.map(row)}</tbody>
</table></div>
<p class="note">Counted over what was explored exhaustively; random runs come on top and raise no figure. Call sites are named by file and line, so that longer workloads make no new ones.</p>
<details><summary>What the shares are of</summary><dl>${VECTOR.map(({ heading, meaning }) => html`<dt>${heading}</dt><dd>${meaning}</dd>`)}</dl></details>
${bounds(suites)}
${oracle(strength)}
${faults(suites)}
${heatMap(suites)}
${notCovered(suites)}
</section>`;
