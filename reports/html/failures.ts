/** Every failure: what should hold, what was wrong, how it came about, and the command that shows it again. */
import type { SuiteResult, Violation } from '../../sim/result/result.js';
import { formatCount, replayCommand } from '../format.js';
import { noteLines } from '../notes.js';
import { verdictPhrase } from '../verdict.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { storyList } from './story.js';

const failure = (suite: SuiteResult, violation: Violation): Html => html`<article class="failure">
<h4>${violation.invariant}</h4>
<p class="statement">${violation.statement}</p>
<p class="message">${violation.message}</p>
${storyList(violation.story)}
<div class="replay"><code>${replayCommand(violation.token, suite.file)}</code><button type="button" data-copy hidden>Copy</button></div>
<p class="note">Shrunk to ${formatCount(violation.commands, 'command')} and ${formatCount(violation.crashes, 'power cut')}. ${violation.seen === 0 ? 'Kept from an earlier run; not met in this one' : `Seen ${formatCount(violation.seen, 'time')}`}. Digest <code>${violation.digest}</code>.</p>
</article>`;

const ofSuite = (suite: SuiteResult): Html => html`<div class="suite">
<h3>${suite.name} <span class="verdict ${suite.verdict}">${verdictPhrase(suite)}</span></h3>
${suite.violations.map((violation) => failure(suite, violation))}
</div>`;

const notesOf = (suite: SuiteResult): Html => html`<div class="suite">
<h3>Notes on ${suite.name}</h3>
${noteLines(suite).map((line) => html`<p class="note">${line}</p>`)}
</div>`;

/** Surprises first. */
export const failuresSection = (suites: readonly SuiteResult[]): Html => {
  const failed = suites.filter((suite) => suite.violations.length > 0 || suite.verdict === 'undecided');
  const ordered = [...failed].sort((a, b) => Number(a.asExpected) - Number(b.asExpected));
  return html`<section id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">What broke, and how</h2>
${ordered.length === 0 ? html`<p class="lead">Nothing broke.</p>` : ordered.map(ofSuite)}
${suites.filter(({ notes }) => notes.length > 0).map(notesOf)}
</section>`;
};
