/** What the designs cost: means and maxima side by side, and how each cost grows with the workload. */
import type { SuiteResult } from '../../sim/result/result.js';
import { formatNumber } from '../format.js';
import { costLabel, RECOVERY_COST } from '../result/comparison.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { plotsOf } from './plots/plots.js';

/** In the order of first mention, what recovery re-reads before all others. */
const namesIn = (
  suites: readonly SuiteResult[],
  of: (suite: SuiteResult) => readonly string[],
): readonly string[] => {
  const names = [...new Set(suites.flatMap(of))];
  return names.includes(RECOVERY_COST)
    ? [RECOVERY_COST, ...names.filter((name) => name !== RECOVERY_COST)]
    : names;
};

const costCell = (suite: SuiteResult, name: string): Html => {
  const cost = Object.hasOwn(suite.costs, name) ? suite.costs[name] : undefined;
  if (cost === undefined) return html`<td class="num faint">–</td>`;
  const spread = cost.max !== cost.mean && html`<span class="faint"> / ${formatNumber(cost.max)}</span>`;
  return html`<td class="num">${formatNumber(cost.mean)}${spread}</td>`;
};

const costTable = (suites: readonly SuiteResult[]): Html => {
  const names = namesIn(suites, (suite) => Object.keys(suite.costs));
  return html`<p class="lead">Mean over all lives, and the maximum after the stroke where it differs.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Costs"><table>
<thead><tr><th scope="col">cost</th>${suites.map((suite) => html`<th scope="col" class="num">${suite.name}</th>`)}</tr></thead>
<tbody>${names.map((name) => html`<tr><th scope="row">${costLabel(name)}</th>${suites.map((suite) => costCell(suite, name))}</tr>`)}</tbody>
</table></div>`;
};

export const costsSection = (suites: readonly SuiteResult[]): Html => {
  const grown = namesIn(suites, (suite) => suite.growth.flatMap((point) => Object.keys(point.costs)));
  const [first, ...others] = grown;
  const { figures, data } = plotsOf(suites, grown);
  return html`<section id="costs" aria-labelledby="costs-title">
<h2 id="costs-title">What it costs</h2>
${costTable(suites)}
${first !== undefined && html`<h3>${costLabel(first)}, as the store grows</h3>${figures[0]}`}
${others.length > 0 && html`<details><summary>How the other costs grow</summary>${others.map((name, index) => html`<h3>${costLabel(name)}</h3>${figures[index + 1]}`)}</details>`}
</section>
${grown.length > 0 && data}`;
};
