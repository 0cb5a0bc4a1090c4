/** What was tried: commands by kind and outcome, effects, lives and checks. A verdict is worth as much as its input. */
import type { SuiteResult } from '../../sim/result/result.js';
import { formatCount, formatNumber } from '../format.js';
import type { Html } from './html.js';
import { html } from './html.js';

const commandsOf = ({ name, evidence: { commands } }: SuiteResult): Html => {
  if (commands.length === 0) return html`<p class="count">No command was sent.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Commands of ${name}"><table>
<thead><tr><th scope="col">command</th><th scope="col" class="num">acknowledged</th><th scope="col" class="num">refused</th><th scope="col" class="num">in flight at a power cut</th></tr></thead>
<tbody>${commands.map(
    ({ kind, acknowledged, rejected, unknown }) =>
      html`<tr><th scope="row">${kind}</th><td class="num">${formatNumber(acknowledged)}</td><td class="num">${formatNumber(rejected)}</td><td class="num">${formatNumber(unknown)}</td></tr>`,
  )}</tbody>
</table></div>`;
};

const invariantsOf = ({ name, evidence: { invariants } }: SuiteResult): Html => {
  if (invariants.length === 0) return html``;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Checks of ${name}"><table>
<thead><tr><th scope="col">invariant</th><th scope="col" class="num">checked</th><th scope="col" class="num">could have failed</th></tr></thead>
<tbody>${invariants.map(
    (invariant) =>
      html`<tr><th scope="row">${invariant.name}</th><td class="num">${formatNumber(invariant.checked)}</td><td class="num">${invariant.atStake === undefined ? html`<span class="faint">–</span>` : formatNumber(invariant.atStake)}</td></tr>`,
  )}</tbody>
</table></div>`;
};

const inputOf = (suite: SuiteResult, isOpen: boolean): Html => {
  const { evidence, exploration } = suite;
  const { lives, afterCrash, restarted, effects } = evidence;
  const summary = html`<summary>${suite.name}: ${formatCount(exploration.workloads, 'workload')}, ${formatCount(exploration.runs, 'random run')}, ${formatCount(exploration.steps, 'step')}</summary>`;
  const body = html`<p class="lead">${formatCount(lives, 'life', 'lives')}; ${formatNumber(afterCrash)} began on what a power cut left, and the program started in ${formatNumber(restarted)} of them. ${formatCount(effects, 'effect')} on the outside world.</p>
${commandsOf(suite)}
${invariantsOf(suite)}`;
  return isOpen
    ? html`<details open>${summary}${body}</details>`
    : html`<details>${summary}${body}</details>`;
};

export const inputSection = (
  suites: readonly SuiteResult[],
): Html => html`<section id="input" aria-labelledby="input-title">
<h2 id="input-title">The input</h2>
${suites.map((suite) => inputOf(suite, suites.length === 1))}
</section>`;
