/** The heat map: at which call site the power was cut, and what kinds of disks were left there. */
import {
  type SiteSurvivors,
  SURVIVOR_CLASSES,
  type SuiteResult,
  type SurvivorClass,
} from '../../../sim/result/result.js';
import { formatCount, formatNumber } from '../../format.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { siteText } from '../way.js';

const CLASSES: Readonly<Record<SurvivorClass, { readonly name: string; readonly meaning: string }>> = {
  kept: { name: 'all kept', meaning: 'everything volatile survived' },
  lost: { name: 'all lost', meaning: 'nothing volatile survived' },
  prefix: { name: 'prefix', meaning: 'the first changes survived, the later ones did not' },
  reordered: { name: 'reordered', meaning: 'something survived without what came before it' },
  torn: { name: 'torn', meaning: 'a part of some write survived' },
  stale: { name: 'old bytes', meaning: 'old bytes of the disk show where data was lost' },
  garbage: { name: 'garbage', meaning: 'a sector holds neither its old nor its new bytes' },
};

/** Rows beyond which a suite's map is folded by file. */
const ROWS_MAX = 200;

/** From 1 to 4, a step for each power of four: few and many look different, and thousands don't hide tens. */
const heat = (count: number): number => Math.min(4, 1 + Math.floor(Math.log(count) / Math.log(4)));

const cell = (site: SiteSurvivors, name: SurvivorClass): Html => {
  const found = site.classes.find((entry) => entry.class === name);
  if (found === undefined) return html`<td class="num faint">·</td>`;
  const { images, checked, violated } = found;
  const unchecked = checked < images && html`<span class="faint">/${formatNumber(images)}</span>`;
  if (violated > 0)
    return html`<td class="num heat broken">✗ ${formatNumber(violated)}<span>/${formatNumber(checked)}</span></td>`;
  return html`<td class="num heat h${checked === 0 ? 0 : heat(checked)}">${formatNumber(checked)}${unchecked}</td>`;
};

const table = (
  label: string,
  rows: readonly SiteSurvivors[],
  classes: readonly SurvivorClass[],
): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="map">
<thead><tr><th scope="col">cut at</th>${classes.map((name) => html`<th scope="col" class="num" title="${CLASSES[name].meaning}">${CLASSES[name].name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row"><code>${siteText(row)}</code> ${row.operation}</th>${classes.map((name) => cell(row, name))}</tr>`)}</tbody>
</table></div>`;

const isBroken = (row: SiteSurvivors): boolean => row.classes.some(({ violated }) => violated > 0);

const mapOf = (suite: SuiteResult): Html => {
  const rows = suite.coverage.survivors;
  if (rows.length === 0) return html``;
  const classes = SURVIVOR_CLASSES.filter((name) =>
    rows.some((row) => row.classes.some((entry) => entry.class === name)),
  );
  const broken = rows.filter(isBroken).length;
  const files = [...new Set(rows.map(({ file }) => file))];
  const label = `Cuts of ${suite.name}`;
  return html`<details>
<summary>${suite.name}: ${formatCount(rows.length, 'call site')}${broken > 0 && `, ${formatNumber(broken)} with a disk that broke a promise`}</summary>
${
  rows.length <= ROWS_MAX
    ? table(label, rows, classes)
    : files.map((file) => {
        const ofFile = rows.filter((row) => row.file === file);
        return html`<details><summary>${file}: ${formatCount(ofFile.length, 'call site')}</summary>${table(`${label} in ${file}`, ofFile, classes)}</details>`;
      })
}
</details>`;
};

export const heatMap = (suites: readonly SuiteResult[]): Html => {
  if (suites.every(({ coverage }) => coverage.survivors.length === 0)) return html``;
  return html`<h3>What the cuts left, by call site</h3>
<p class="lead">Disks checked after a cut in or right after the call, in first lives, by what survived. A torn write, old bytes and garbage come on top of the first four kinds. A disk counts at each cut that may leave it; where two figures stand, the second is what is legal, or with ✗, what was checked.</p>
${suites.map(mapOf)}`;
};
