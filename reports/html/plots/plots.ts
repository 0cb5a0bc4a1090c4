/**
 * How a cost grows with the workload: one plot with a line for each suite, drawn by uPlot, and beside it a table of the
 * same figures, which is its legend, and says it all where there is no picture: read aloud, or without a script.
 */
import type { SuiteResult } from '../../../sim/result/result.js';
import { formatNumber } from '../../format.js';
import { costLabel } from '../../result/comparison.js';
import type { Plot } from '../browser/page-data.js';
import type { Html } from '../html.js';
import { html, jsonBlock } from '../html.js';

const plotOf = (suites: readonly SuiteResult[], name: string): Plot => {
  const at = (suite: SuiteResult, commands: number): number | null => {
    const costs = suite.growth.find((point) => point.commands === commands)?.costs ?? {};
    return Object.hasOwn(costs, name) ? (costs[name] ?? null) : null;
  };
  const lengths = suites.flatMap(({ growth }) => growth.map(({ commands }) => commands));
  const x = [...new Set(lengths)].sort((a, b) => a - b);
  return { x, lines: suites.map((suite) => x.map((commands) => at(suite, commands))) };
};

/** What a line looks like: the style has it by the row that the sample is in, and the script draws the line alike. */
const sample: Html = html`<svg class="sample" viewBox="0 0 28 8" aria-hidden="true"><line x1="0" y1="4" x2="28" y2="4"></line></svg>`;

const figure = (suites: readonly SuiteResult[], name: string, { x, lines }: Plot, index: number): Html => {
  const label = `${costLabel(name)}, by commands in the workload`;
  return html`<figure class="growth">
<div class="plot" data-plot="${index}" role="img" aria-label="A plot of the table beside it: ${label}"></div>
<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr><th scope="col">commands</th>${x.map((commands) => html`<th scope="col" class="num">${formatNumber(commands)}</th>`)}</tr></thead>
<tbody>${suites.map(
    (suite, line) =>
      html`<tr><th scope="row">${sample}${suite.name}</th>${(lines[line] ?? []).map((y) => html`<td class="num">${y === null ? '–' : formatNumber(y)}</td>`)}</tr>`,
  )}</tbody>
</table></div>
</figure>`;
};

export interface Plots {
  /** One for each cost named, in their order. */
  readonly figures: readonly Html[];
  /** What the script needs to draw them. */
  readonly data: Html;
}

/** Of the suites that have grown: the others have nothing to draw. */
export const plotsOf = (suites: readonly SuiteResult[], names: readonly string[]): Plots => {
  const grown = suites.filter(({ growth }) => growth.length > 1);
  const plots = names.map((name) => plotOf(grown, name));
  return {
    figures: plots.map((plot, index) => figure(grown, names[index] ?? '', plot, index)),
    data: jsonBlock('plots', plots),
  };
};
