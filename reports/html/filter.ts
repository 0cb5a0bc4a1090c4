/** The filter above the results. It is of use only with the script, which shows it. */
import type { SuiteResult } from '../../sim/result/result.js';
import { type Status, statusOf } from './failures.js';
import type { Html } from './html.js';
import { html } from './html.js';

const STATUSES: Readonly<Record<Status, string>> = {
  failed: 'failed',
  undecided: 'undecided',
  expected: 'failed as expected',
  holds: 'holds',
};

const select = (
  name: string,
  label: string,
  all: string,
  options: readonly (readonly [string, string])[],
): Html =>
  html`<label>${label} <select id="filter-${name}"><option value="">${all}</option>${options.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select></label>`;

const same = (name: string): readonly [string, string] => [name, name];

/** Names of invariants that a suite checks, or that it broke: the simulator has rules of its own. */
export const invariantsOf = ({ evidence, violations }: SuiteResult): readonly string[] => [
  ...new Set([
    ...evidence.invariants.map(({ name }) => name),
    ...violations.map(({ invariant }) => invariant),
  ]),
];

export const filterBar = (suites: readonly SuiteResult[]): Html => {
  const found = new Set(suites.map(statusOf));
  // The keys of STATUSES are all there is in it.
  const statuses = (Object.keys(STATUSES) as Status[]).filter((status) => found.has(status));
  const invariants = [...new Set(suites.flatMap(invariantsOf))].sort();
  return html`<form id="filter" role="search" aria-label="Filter" hidden>
<label class="search">Search <input id="filter-q" type="search" autocomplete="off" spellcheck="false"></label>
${select(
  'status',
  'Status',
  'any',
  statuses.map((status) => [status, STATUSES[status]]),
)}
${select(
  'suite',
  'Suite',
  'all',
  suites.map(({ name }) => same(name)),
)}
${select('invariant', 'Invariant', 'all', invariants.map(same))}
<button type="button" id="filter-clear" hidden>Clear</button><span id="filter-count" role="status"></span>
</form>`;
};
