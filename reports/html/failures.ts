/** The failures: one card for each run, with all that it broke, how it came about, and the command that shows it again. */
import type { SuiteResult, Violation } from '../../sim/result/result.js';
import { formatCount, printableJson, replayCommand } from '../format.js';
import { noteLines } from '../notes.js';
import { verdictPhrase } from '../verdict.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { hashOf, type ShownRun } from './run-id.js';
import { storyList, withoutMessages } from './story.js';

export type Status = 'failed' | 'expected' | 'holds' | 'undecided';

/** By what suites are filtered. A suite that holds and should not has failed, too. */
export const statusOf = (suite: SuiteResult): Status => {
  if (suite.verdict === 'undecided') return 'undecided';
  if (!suite.asExpected) return 'failed';
  return suite.verdict === 'holds' ? 'holds' : 'expected';
};

const states = ({ expected, actual }: Violation): Html =>
  expected === undefined || actual === undefined
    ? html``
    : html`<div class="states"><div><p class="label">expected</p><pre class="scroll" tabindex="0">${printableJson(expected, 2)}</pre></div><div><p class="label">actual</p><pre class="scroll" tabindex="0">${printableJson(actual, 2)}</pre></div></div>`;

const broken = (violation: Violation): Html => html`<div class="broken">
<p class="message"><strong>${violation.invariant}</strong>: ${violation.message}</p>
<p class="statement">${violation.statement}</p>
${states(violation)}
</div>`;

const seenPhrase = ({ invariant, seen }: Violation): string =>
  `${invariant} ${seen === 0 ? 'by a saved failure alone' : formatCount(seen, 'time')}`;

/** What the nondeterminism check says of a run stands in the stories of its violations alone. */
const caveatOf = ({ story }: Violation): string | undefined =>
  story.split('\n').find((line) => line.startsWith('BEWARE'));

const storyOf = ({ id, run, violations }: ShownRun): Html => {
  const [first] = violations;
  const caveat = first === undefined ? undefined : caveatOf(first);
  const stepAt = (line: number): number => run?.storySteps?.[line] ?? 0;
  const names = (run?.violated ?? violations).map(({ invariant }) => invariant);
  const list = storyList(withoutMessages(run?.story ?? first?.story ?? '', names), (line) =>
    stepAt(line) === 0 ? '' : hashOf({ run: id, step: String(stepAt(line)) }),
  );
  return html`${list}${run !== undefined && caveat !== undefined && html`<p class="changed" role="note">${caveat}</p>`}`;
};

const card = (shown: ShownRun, isOpen: boolean): Html => {
  const { id, suite, violations, run } = shown;
  const [first] = violations;
  if (first === undefined) return html``;
  const names = violations.map(({ invariant }) => invariant);
  const size = `${formatCount(first.commands, 'command')}, ${formatCount(first.crashes, 'power cut')}`;
  const summary = html`<summary><h3>${suite.name} <span class="names">${names.map((name) => html`<span class="name">${name}</span> `)}</span></h3><span class="size">${size}</span></summary>`;
  const body = html`${violations.map(broken)}
<p class="ways">${run !== undefined && html`<a class="main" href="${hashOf({ run: id })}">Open the timeline</a> `}<a href="${hashOf({ failure: id })}">Link to this failure</a></p>
${storyOf(shown)}
<div class="replay"><code>${replayCommand(first.token, suite.file)}</code><button type="button" data-copy hidden>Copy</button></div>
${run === undefined && html`<p class="note">The run is too long to be shown here. Add <code>--html run.html</code> to the command: it writes its timeline.</p>`}
<p class="note">Seen broken: ${violations.map(seenPhrase).join(', ')}. Digest <code>${first.digest}</code>.</p>`;
  return html`<article class="failure" data-failure="${id}" data-status="${statusOf(suite)}" data-suite="${suite.name}" data-invariants="${names.join('\n')}">
${isOpen ? html`<details open>${summary}${body}</details>` : html`<details>${summary}${body}</details>`}
</article>`;
};

/** A suite without a verdict, or one that holds though it should not. */
const withoutRun = (
  suite: SuiteResult,
): Html => html`<article class="failure plain" data-status="${statusOf(suite)}" data-suite="${suite.name}" data-invariants="">
<h3>${suite.name}</h3>
<p class="message">${verdictPhrase(suite)}</p>
</article>`;

const notesOf = (suite: SuiteResult): Html =>
  html`${noteLines(suite).map((line) => html`<p class="note">${suite.name}: ${line}</p>`)}`;

const groupOf = (title: string, id: string, cards: readonly Html[]): Html =>
  cards.length === 0
    ? html``
    : html`<section id="${id}" data-group aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${cards}</section>`;

/** Surprises first, the first of them open; then what is as expected, shut. */
export const failuresSection = (suites: readonly SuiteResult[], runs: readonly ShownRun[]): Html => {
  const isWithoutRun = (suite: SuiteResult): boolean => suite.violations.length === 0 && !suite.asExpected;
  const surprising = [
    ...runs.filter(({ suite }) => !suite.asExpected).map((shown, index) => card(shown, index === 0)),
    ...suites.filter(isWithoutRun).map(withoutRun),
  ];
  const expected = runs.filter(({ suite }) => suite.asExpected).map((shown) => card(shown, false));
  const notes = suites.filter((suite) => suite.notes.length > 0).map(notesOf);
  return html`${groupOf('Failures', 'failures', surprising)}${groupOf('Failures that were expected', 'expected', expected)}${notes.length > 0 && html`<section id="notes" aria-labelledby="notes-title"><h2 id="notes-title">Notes</h2>${notes}</section>`}`;
};
