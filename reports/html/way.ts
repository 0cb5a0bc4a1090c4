/** The steps of one command in a row, and between them what a power cut did. */
import type { PathStep, Site, SuiteResult } from '../../sim/result/result.js';
import { formatNumber } from '../format.js';
import { verdictPhrase } from '../verdict.js';
import type { GapKind } from './gap.js';
import { GAP_KINDS, gapKind, gapPhrase } from './gap.js';
import type { Html } from './html.js';
import { html } from './html.js';

const KIND_ORDER: readonly GapKind[] = ['violated', 'held', 'settled', 'known', 'untried'];

/** What a step is about, by its operation: a colour for the eye that looks for the acknowledgement. */
const isHeard = (step: PathStep): boolean => step.operation === 'acknowledge' || step.operation === 'outside';

const figure = (step: PathStep, kind: GapKind): string => {
  const { checked, violated } = step.gap;
  if (kind === 'violated') return `${formatNumber(violated)}/${formatNumber(checked)}`;
  return kind === 'held' ? formatNumber(checked) : '';
};

const gapMark = (step: PathStep): Html => {
  const kind = gapKind(step);
  return html`<span class="gap ${kind}" title="${gapPhrase(step)}"><span aria-hidden="true">${GAP_KINDS[kind].sign}</span>${figure(step, kind) !== '' && html`<span class="n" aria-hidden="true">${figure(step, kind)}</span>`}<span class="sr">${gapPhrase(step)}</span></span>`;
};

const stepMark = (step: PathStep): Html =>
  html`<li><span class="step${isHeard(step) && ' heard'}" title="${step.label}">${step.operation}</span>${gapMark(step)}</li>`;

export const siteText = (site: Site): string => `${site.file}:${site.line}`;

const stepRow = (step: PathStep): Html => {
  const kind = gapKind(step);
  return html`<tr><td class="num">${step.step}</td><td>${step.label}${step.site !== undefined && html`<span class="site">${siteText(step.site)}</span>`}</td><td><span class="gap ${kind}"><span aria-hidden="true">${GAP_KINDS[kind].sign}</span></span> ${gapPhrase(step)}</td></tr>`;
};

/** Steps beyond which a way is drawn as its rows only, in folds of this many. */
const DRAWN_MAX = 200;

const stepRows = (suite: SuiteResult, steps: readonly PathStep[]): Html => {
  const first = steps[0]?.step ?? 0;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Steps of ${suite.name} from ${first}"><table class="steps">
<thead><tr><th scope="col" class="num">step</th><th scope="col">what the program asks of the computer</th><th scope="col">the power cut right after it</th></tr></thead>
<tbody>${steps.map(stepRow)}</tbody>
</table></div>`;
};

const stepTable = (suite: SuiteResult): Html => html`<details>
<summary>The ${formatNumber(suite.coverage.path.length)} steps of ${suite.name}</summary>
${stepRows(suite, suite.coverage.path)}
</details>`;

/** A long way: folds that say what is in them, the broken ones marked. */
const folds = (suite: SuiteResult): Html => {
  const { path } = suite.coverage;
  const starts = Array.from({ length: Math.ceil(path.length / DRAWN_MAX) }, (_, fold) => fold * DRAWN_MAX);
  return html`${starts.map((start) => {
    const steps = path.slice(start, start + DRAWN_MAX);
    const broken = steps.filter(({ gap }) => gap.violated > 0).length;
    const kind = broken > 0 ? 'violated' : 'held';
    return html`<details>
<summary><span class="gap ${kind}" aria-hidden="true">${GAP_KINDS[kind].sign}</span> Steps ${formatNumber(start + 1)} to ${formatNumber(start + steps.length)}: ${broken > 0 ? `${formatNumber(broken)} gaps in which something broke` : 'all held'}</summary>
${stepRows(suite, steps)}
</details>`;
  })}`;
};

const way = (suite: SuiteResult): Html => html`<article class="way">
<h3>${suite.name} <span class="verdict ${suite.verdict}">${verdictPhrase(suite)}</span></h3>
${
  suite.coverage.path.length > DRAWN_MAX
    ? folds(suite)
    : html`<ol class="rail">${suite.coverage.path.map(stepMark)}</ol>
${stepTable(suite)}`
}
</article>`;

const legend: Html = html`<ul class="legend">${KIND_ORDER.map(
  (kind) =>
    html`<li><span class="gap ${kind}" aria-hidden="true">${GAP_KINDS[kind].sign}</span> ${GAP_KINDS[kind].meaning}</li>`,
)}</ul>`;

export const waySection = (suites: readonly SuiteResult[]): Html => {
  const drawn = suites.filter((suite) => suite.coverage.path.length > 0);
  if (drawn.length === 0) return html``;
  return html`<section id="way" aria-labelledby="way-title">
<h2 id="way-title">The steps of one command</h2>
<p class="lead">Each box is one call of the program, for the first command of the first workload. Each mark after it is a power cut
there. The figure counts the distinct disks that the cut may leave, and how many of them broke an invariant.</p>
${legend}
${drawn.map(way)}
</section>`;
};
